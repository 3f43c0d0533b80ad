"""A proxy between Odoo and the shop: it counts writes, and can put in faults."""

from __future__ import annotations

import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

from setup import ports

HOPS = {"connection", "content-length", "host", "keep-alive", "transfer-encoding"}
#: what is sent back in place of a response, or done to the connection; those that end
#: with "_after" come when the shop has already done its work
FAULTS = ("502", "503", "reset", "reset_after", "502_after", "slow")
SLOW = 3.0  # seconds


class Proxy:
    """Forwards requests to the shop.

    ``writes``
        method and path of each request that could change something, in order
    ``faults``
        how often each fault was put in
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self.writes: list[str] = []
        self.requests = 0
        self.faults: Counter[str] = Counter()
        self._share = 0.0
        self._rng = random.Random()
        self._lock = threading.Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # headers and body are two packets: the second must not wait
            disable_nagle_algorithm = True

            def _pass_on(self) -> None:
                with suppress(ConnectionError):
                    proxy.pass_on(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on

            def log_message(self, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

        self._server = Server((ports.HOST, 0), Handler)
        self.url = f"http://{ports.HOST}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @contextmanager
    def failing(self, share: float, seed: int) -> Iterator[None]:
        """Put a fault into this `share` of the requests meanwhile."""
        with self._lock:
            self._share, self._rng = share, random.Random(seed)
        try:
            yield
        finally:
            with self._lock:
                self._share = 0.0

    def pass_on(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        fault = self._count(handler)
        if fault == "reset":
            _reset(handler)
            return
        if fault in ("502", "503"):
            _respond(handler, int(fault), {}, b"bad gateway")
            return
        if fault == "slow":
            threading.Event().wait(SLOW)
        try:
            response = requests.request(
                handler.command,
                self.target + handler.path,
                data=body,
                headers={
                    k: v for k, v in handler.headers.items() if k.lower() not in HOPS
                },
                timeout=120,
                allow_redirects=False,
                stream=True,
            )
            # as it came over the wire, compressed or not
            content = response.raw.read(decode_content=False)
        except (requests.RequestException, OSError):
            # the shop is down
            _respond(handler, 502, {}, b"bad gateway")
            return
        if fault == "reset_after":
            _reset(handler)
        elif fault == "502_after":
            _respond(handler, 502, {}, b"bad gateway")
        else:
            _respond(handler, response.status_code, response.headers, content)

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def _count(self, handler: BaseHTTPRequestHandler) -> str:
        """Count the request; return the fault to put in, or ''."""
        with self._lock:
            self.requests += 1
            if handler.command != "GET" and not handler.path.startswith("/auth/"):
                self.writes.append(f"{handler.command} {handler.path}")
            if self._rng.random() >= self._share:
                return ""
            fault = self._rng.choice(FAULTS)
            self.faults[fault] += 1
            return fault


def _respond(
    handler: BaseHTTPRequestHandler, status: int, headers: dict, content: bytes
) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        if name.lower() not in HOPS | {"date", "server"}:
            handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def _reset(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection so that the other end sees it reset."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.close_connection = True
    # the files hold the socket open as well
    handler.rfile.close()
    handler.connection.close()
