"""The HTTP server: threads, connections that are kept open, a stop that is one.

Werkzeug's own handler ends each connection after one request, as it does not know
whether the application drained it. This application always does.
"""

import logging
import socket
import threading
from contextlib import suppress
from email.utils import formatdate

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Response

from .app import App
from .errors import Dropped
from .machine import Machine
from .unkind import DRIP

# Of an answer that comes in drops.
_PIECES = 10

_logger = logging.getLogger(__name__)


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body are two writes; without this the second one waits for the
    # client's delayed acknowledgement of the first, 40 ms.
    disable_nagle_algorithm = True
    timeout = 60

    def run_wsgi(self) -> None:
        self.environ = self.make_environ()
        try:
            response = Response.from_app(self.server.app, self.environ, buffered=True)
        except Dropped:
            self.close_connection = True
            return
        drip = float(response.headers.pop(DRIP, 0))
        self.log_request(response.status_code)
        self.send_response_only(response.status_code)
        self.send_header("Server", "CoffeeMachine")
        self.send_header("Date", self.date_time_string())
        for name, value in response.get_wsgi_headers(self.environ):
            self.send_header(name, value)
        self.end_headers()
        self._write(response.get_data(), drip)

    def _write(self, content: bytes, seconds: float) -> None:
        """Write an answer, in pieces during so many seconds."""
        size = max(len(content) // _PIECES, 1) if seconds else max(len(content), 1)
        for start in range(0, len(content), size):
            self.wfile.write(content[start : start + size])
            if seconds:
                self.server.app.machine.stopping.wait(seconds / _PIECES)

    def date_time_string(self, timestamp: float | None = None) -> str:
        return formatdate(self.server.app.machine.clock.now().timestamp(), usegmt=True)

    def log(self, type: str, message: str, *args) -> None:
        _logger.log(
            logging.DEBUG if type == "info" else logging.INFO,
            "%s " + message,
            self.address_string(),
            *args,
        )


class _Server(ThreadedWSGIServer):
    # Joined when the server closes: a machine that was stopped writes nothing.
    daemon_threads = False

    def __init__(self, listening: socket.socket, app: App):
        host, port = listening.getsockname()[:2]
        super().__init__(host, port, app, Handler, fd=listening.fileno())
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()

    def process_request(self, request, client_address):
        with self._lock:
            self._connections.add(request)
        return super().process_request(request, client_address)

    def shutdown_request(self, request):
        with self._lock:
            self._connections.discard(request)
        return super().shutdown_request(request)

    def hang_up(self) -> None:
        """Let each connection end after the request that it is in."""
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)


class Device:
    """A machine and its network plug: it can be stopped and started again.

    What the machine knows stays while it is stopped, and so does its port.
    """

    def __init__(self, machine: Machine, host: str = "127.0.0.1", port: int = 0):
        self.machine = machine
        self.host = host
        self.port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def start(self) -> None:
        """Listen and answer. Raises OSError when the address cannot be had."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        address = (self.host, self.port)
        with socket.create_server(address, family=family, backlog=128) as listening:
            self.port = listening.getsockname()[1]
            self._server = _Server(listening, App(self.machine))
        self.machine.stopping.clear()
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name=self.url, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Finish the requests at work, close every connection, free the port."""
        if self._server is None:
            return
        self.machine.stopping.set()
        self._server.shutdown()
        self._server.hang_up()
        self._thread.join()
        self._server = None
