"""A proxy in front of the coffee machine, to interrupt requests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from setup import databases, ports
from setup.demo import options, stack
from setup.odoo_run import Runner
from setup.processes import Processes

HOPS = {"connection", "content-length", "host", "keep-alive", "transfer-encoding"}


class Line:
    """Forwards requests to a machine, and holds back some of the responses.

    ``hold``
        method and path of the requests whose responses are held back
    ``held``
        set when a response is held back: the machine has done its work
    ``loses``
        whether a held response is finally lost, or only late
    """

    def __init__(self) -> None:
        self.machine = ""
        self.hold: tuple[str, str] | None = None
        self.held = threading.Event()
        self.loses = True
        self._released = threading.Event()
        line = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass_on(self) -> None:
                line.pass_on(self)

            do_GET = do_POST = do_PATCH = do_DELETE = _pass_on

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer((ports.HOST, 0), Handler)
        self.url = f"http://{ports.HOST}:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def pass_on(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        response = requests.request(
            handler.command,
            self.machine + handler.path,
            data=body,
            headers={k: v for k, v in handler.headers.items() if k.lower() not in HOPS},
            timeout=60,
        )
        if self.hold == (handler.command, handler.path):
            self.held.set()
            self._released.wait(300)
            if self.loses:
                handler.close_connection = True
                return
        handler.send_response(response.status_code)
        for name, value in response.headers.items():
            if name.lower() not in HOPS | {"date", "server"}:
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(response.content)))
        handler.end_headers()
        handler.wfile.write(response.content)

    def release_responses(self) -> None:
        """Release all held responses."""
        self.hold = None
        self._released.set()

    def close(self) -> None:
        self.release_responses()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def line() -> Iterator[Line]:
    """A proxy to a machine, whose URL the test sets."""
    made = Line()
    yield made
    made.close()


@pytest.fixture(scope="package")
def kitchen(odoo: Runner, postgresql: dict[str, str]) -> Iterator[stack.Stack]:
    """Odoo with parallel job workers, and a machine."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("ODOO_PORT", str(ports.any_free()))
        patched.setenv("COFFEE_PORT", str(ports.any_free()))
        chosen = options.parse(
            ["--firmware=2", "--recipes=5", "--badges=2", "--brews=5"]
        )
    try:
        with stack.running(odoo, chosen) as running:
            running.client.call(
                "ir.config_parameter",
                "set_param",
                "web.base.url",
                running.client.url,
            )
            (root,) = running.client.records(
                "queue.job.channel", [("name", "=", "root")], []
            )
            running.client.call(
                "queue.job.channel", "write", [root["id"]], {"capacity": "4"}
            )
            yield running
    finally:
        databases.drop(chosen.database)


@pytest.fixture
def start_job_server(
    kitchen: stack.Stack, odoo: Runner, servers: Processes, tmp_path: Path
) -> Callable[[], Path]:
    """Start a second server, for jobs only; return its log, with all jobs."""

    def workers() -> int:
        return len(kitchen.client.records("queue.job.worker", [], []))

    def start() -> Path:
        others, log = workers(), tmp_path / "job_server.log"
        server = servers.start(
            "a job server",
            [
                *odoo.program("queue_worker"),
                f"--database={kitchen.client.database}",
                "--job-workers=1",
                "--log-handler=odoo.addons.queue_job.controllers.main:DEBUG",
            ],
            log,
            env={**odoo.environment(), "ODOO_RC": str(odoo.configuration())},
        )
        server.wait_until(lambda: workers() > others, 120, "starting")
        return log

    return start


@pytest.fixture
def backend(kitchen: stack.Stack) -> Iterator[int]:
    """A backend for the machine; archived at the end."""
    (made,) = kitchen.client.call(
        "coffee.backend",
        "create",
        [
            {
                "name": "Kitchen",
                "location": kitchen.machine.url,
                "username": "barista",
                "password": "espresso",
                "firmware": "2",
            }
        ],
    )
    yield made
    kitchen.client.call("coffee.backend", "write", [made], {"active": False})
