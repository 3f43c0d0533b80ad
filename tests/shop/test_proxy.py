"""The proxy passes requests on, counts those that write, and puts faults in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from . import proxy as module
from .proxy import FAULTS, Proxy

SEED = 3


class Echo(BaseHTTPRequestHandler):
    """Sends back what it was sent, and remembers how often."""

    protocol_version = "HTTP/1.1"
    seen = 0

    def _answer(self) -> None:
        Echo.seen += 1
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(201)
        self.send_header("X-Method", self.command)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = _answer

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """A proxy before a server that echoes."""
    monkeypatch.setattr(module, "SLOW", 0.05)
    Echo.seen = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made = Proxy(f"http://127.0.0.1:{server.server_port}")
    yield made
    made.close()
    server.shutdown()
    server.server_close()


def test_a_request_is_passed_on_whole(proxy: Proxy) -> None:
    response = requests.post(f"{proxy.url}/a?b=c", data=b"\0body", timeout=30)
    assert (response.status_code, response.content) == (201, b"\0body")
    assert response.headers["X-Method"] == "POST"


def test_only_requests_that_write_count_as_writes(proxy: Proxy) -> None:
    for method, path in (("GET", "/a"), ("POST", "/auth/user"), ("DELETE", "/b")):
        requests.request(method, proxy.url + path, timeout=30)
    assert proxy.writes == ["DELETE /b"]
    assert proxy.requests == 3


def test_every_kind_of_fault_is_put_in(proxy: Proxy) -> None:
    failed = 0
    with proxy.failing(1.0, SEED):
        for _turn in range(60):
            try:
                failed += not requests.get(proxy.url, timeout=30).ok
            except requests.ConnectionError:
                failed += 1
    assert set(proxy.faults) == set(FAULTS)
    assert failed == 60 - proxy.faults["slow"]
    done = sum(proxy.faults[name] for name in ("reset_after", "502_after", "slow"))
    assert Echo.seen == done


def test_no_fault_is_put_in_afterwards(proxy: Proxy) -> None:
    with proxy.failing(1.0, SEED):
        pass
    assert all(requests.get(proxy.url, timeout=30).ok for _turn in range(30))


def test_a_server_that_is_down_is_a_bad_gateway(proxy: Proxy) -> None:
    proxy.target = "http://127.0.0.1:9"
    assert requests.get(proxy.url, timeout=30).status_code == 502
