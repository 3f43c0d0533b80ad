"""A server that keeps what webhooks bring."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from setup import ports


class Delivery(NamedTuple):
    """One webhook: its raw body, and the header that signs it."""

    body: bytes
    signature: str


@contextmanager
def receiving() -> Iterator[tuple[str, queue.Queue[Delivery]]]:
    """Listen meanwhile; yield the address and the deliveries."""
    deliveries: queue.Queue[Delivery] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            deliveries.put(Delivery(body, self.headers["X-Shop-Signature"]))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer((ports.HOST, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{ports.HOST}:{server.server_port}", deliveries
    finally:
        server.shutdown()
        server.server_close()
