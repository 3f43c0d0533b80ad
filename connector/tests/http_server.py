"""A real HTTP server for tests, with prepared responses."""

import json
import ssl
import threading
from collections import deque
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

DROP = object()


class Seen(NamedTuple):
    """One request as it arrived."""

    method: str
    path: str
    headers: dict
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Log nothing: disconnecting clients are part of the tests."""


class ScriptedServer:
    """Returns the responses of :meth:`add_response` in order, then 200 and ``{}``.

    Use it as a context manager; ``url`` is its URL, ``seen`` the received requests,
    ``sent`` the number of content bytes sent.

    :param certificate: path of a certificate with its key, to use TLS
    """

    def __init__(self, certificate: str | None = None):
        self.seen: list[Seen] = []
        self.sent = 0
        self._responses: deque = deque()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _handle(self):
                length = int(self.headers.get("Content-Length") or 0)
                headers = {key.lower(): value for key, value in self.headers.items()}
                seen = Seen(self.command, self.path, headers, self.rfile.read(length))
                server.seen.append(seen)
                server._send(self, *server._reply(seen))

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _handle

            def log_message(self, *args):
                """Log nothing."""

        self._httpd = _QuietServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._httpd.server_port}"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            # The handshake is done in the thread of the connection, not in the
            # accepting one: a client that rejects the certificate must not stop it.
            self._httpd.socket = context.wrap_socket(
                self._httpd.socket, server_side=True, do_handshake_on_connect=False
            )
            self.url = self.url.replace("http:", "https:")

    def add_response(self, body: Any = None, status: int = 200, **headers: str) -> None:
        """Add a response.

        :param body: sent as JSON, bytes as they are, an iterator of bytes piece by
            piece; ``DROP`` closes the connection
        :param headers: ``Retry_After="3"`` becomes ``Retry-After: 3``
        """
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self._responses.append((body, status, names))

    def _reply(self, seen: Seen) -> tuple[Any, int, dict[str, str]]:
        """Return body, status and headers of the response to a request."""
        return self._responses.popleft() if self._responses else ({}, 200, {})

    def _send(self, handler, body, status, headers) -> None:
        if body is DROP:
            handler.close_connection = True
            handler.connection.close()
            return
        if isinstance(body, Iterator):
            pieces, headers = body, {"Connection": "close", **headers}
        elif status == 204:
            pieces = []
        else:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            pieces, headers = (
                [content],
                {"Content-Length": str(len(content)), **headers},
            )
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        try:
            for piece in pieces:
                if piece is DROP:
                    handler.connection.close()
                    return
                handler.wfile.write(piece)
                handler.wfile.flush()
                self.sent += len(piece)
        except ConnectionError:
            # The client closed the connection.
            handler.close_connection = True

    def __enter__(self) -> "ScriptedServer":
        thread = threading.Thread(target=self._httpd.serve_forever, args=(0.05,))
        thread.daemon = True
        thread.start()
        return self

    def __exit__(self, *exc_info) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()
