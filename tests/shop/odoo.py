"""Odoo with the shop's connector: its servers, its backend, its flows."""

from __future__ import annotations

import os
import signal
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import requests

from setup import addons, databases, paths, ports
from setup.demo.client import Client, OdooError
from setup.errors import SetupError
from setup.odoo_run import Runner
from setup.processes import Processes, Server, raise_if_stopped
from setup.steps import run_logged

ADDONS = ("connector_medusa", "sale_management", "stock")
BACKEND = "medusa.backend"
INSTALLING = 600  # seconds, on a slow machine
POLL = 0.5  # seconds
COUNTERS = ("seen", "created", "updated", "unchanged", "skipped", "failed")
ENDED = ("done", "failed")


def require_connector() -> None:
    """Raise SetupError when there is no connector to the shop."""
    if ADDONS[0] not in addons.own():
        raise SetupError(
            f"there is no addon {ADDONS[0]} in tests/addons: name the folder of yours "
            "in ADDONS_PATH"
        )


class Odoo:
    """One Odoo: a server for HTTP, and servers for jobs that may be killed."""

    def __init__(self, runner: Runner, servers: Processes, port: int = 0) -> None:
        self._runner = runner
        self._servers = servers
        self.database = f"suite_odoo_{uuid.uuid4().hex[:8]}"
        self.port = port or ports.any_free()
        self.client = Client(f"http://{ports.HOST}:{self.port}", self.database)
        self.log = paths.new_log("shop-odoo")
        self.workers: list[Server] = []
        self.backend = 0

    def install(self) -> None:
        """Make the database with the connector."""
        databases.drop(self.database)
        databases.create(self.database, self._runner, ADDONS)
        run_logged(
            self._runner.command(
                self.database, init=ADDONS, stop=True, log_level="warn"
            ),
            "shop-install",
            f"Odoo could not install {', '.join(ADDONS)}",
            env=self._runner.environment(),
            cwd=paths.cache(),
        )

    def start(self) -> None:
        """Start the server for HTTP, which runs no jobs, and log in."""
        options = [
            f"--http-port={self.port}",
            f"--gevent-port={ports.any_free()}",
            "--workers=0",
            "--max-cron-threads=0",
            "--load=base,rpc,web",
        ]
        server = self._servers.start(
            "Odoo",
            self._runner.command(self.database, options=options),
            self.log,
            env=self._runner.environment(),
            cwd=paths.cache(),
        )
        server.wait_until(self._is_ready, INSTALLING, "starting")
        call = self.client.call
        call("ir.config_parameter", "set_param", "web.base.url", self.client.url)
        root = call("queue.job.channel", "search", [("name", "=", "root")])
        call("queue.job.channel", "write", root, {"capacity": "4"})

    def start_worker(self, jobs_at_once: int = 2) -> Server:
        """Start a server for jobs."""
        runner = self._runner
        server = self._servers.start(
            "a job server",
            [
                *runner.program("queue_worker"),
                f"--database={self.database}",
                f"--job-workers={jobs_at_once}",
            ],
            paths.new_log("shop-jobs"),
            env={**runner.environment(), "ODOO_RC": str(runner.configuration())},
        )
        self.workers.append(server)
        return server

    def kill_worker(self) -> None:
        """Kill a job server with all its processes, as a power cut does."""
        server = self.workers.pop(0)
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()

    def connect(self, values: dict[str, Any]) -> None:
        """Make the backend."""
        (self.backend,) = self.client.call(BACKEND, "create", [values])

    def flows(self) -> list[str]:
        """Return the names of the backend's flows, in their order."""
        own = [("backend_id", "=", self.backend)]
        return [
            flow["name"]
            for flow in self.client.records("connector.backend.flow", own, ["name"])
        ]

    def start_flow(self, name: str) -> int:
        """Start a flow; return the id of its run."""
        action = self.client.call(
            BACKEND,
            "action_start_flow",
            [self.backend],
            context={"connector_flow": name},
        )
        return action["res_id"]

    def wait(self, runs: Sequence[int], seconds: float = 900) -> list[dict[str, Any]]:
        """Return the runs when all have ended.

        :raises SetupError: they did not within `seconds`
        """
        names = ["flow", "state", "message", *COUNTERS]
        deadline = time.monotonic() + seconds
        while True:
            raise_if_stopped()
            rows = self.client.call("connector.sync.run", "read", list(runs), names)
            if all(row["state"] in ENDED for row in rows):
                return rows
            if time.monotonic() > deadline:
                raise SetupError(f"{rows} did not end in {seconds:.0f} s: {self.log}")
            time.sleep(POLL)

    def run(self, flows: Iterable[str]) -> list[dict[str, Any]]:
        """Run the flows one after the other; return what came of each."""
        return [self.wait([self.start_flow(name)])[0] for name in flows]

    def wait_for_jobs(self, seconds: float = 900) -> None:
        """Wait until no job is left to do.

        :raises SetupError: some failed, or are not done within `seconds`
        """
        deadline = time.monotonic() + seconds
        while True:
            raise_if_stopped()
            groups = self.client.call(
                "queue.job", "formatted_read_group", [], ["state"], ["__count"]
            )
            counts = {group["state"]: group["__count"] for group in groups}
            left = {s: n for s, n in counts.items() if s not in ("done", "cancelled")}
            if not left:
                return
            if set(left) == {"failed"} or time.monotonic() > deadline:
                raise SetupError(f"jobs are left: {left}; see {self.log}")
            time.sleep(POLL)

    def _is_ready(self) -> bool:
        try:
            if not requests.get(f"{self.client.url}/web/health", timeout=2).ok:
                return False
            self.client.login(timeout=INSTALLING)
        except (requests.RequestException, OdooError):
            return False
        return True


@contextmanager
def running(runner: Runner, port: int = 0) -> Iterator[Odoo]:
    """Start Odoo on a new database; stop it and drop that in the end."""
    with Processes() as servers:
        odoo = Odoo(runner, servers, port)
        try:
            odoo.install()
            odoo.start()
            yield odoo
        finally:
            servers.stop_all()
            databases.drop(odoo.database)
