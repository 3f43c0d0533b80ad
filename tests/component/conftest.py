from __future__ import annotations

import subprocess
import uuid
import xmlrpc.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from setup import databases, odoo_run, ports, processes

ADDON = "test_component"


@dataclass
class Client:
    """An administrator of one database of a server."""

    url: str
    database: str

    def call(self, model: str, method: str, *args, **kwargs):
        """Call a method, on a connection of its own."""
        proxy = xmlrpc.client.ServerProxy(f"{self.url}/xmlrpc/2/object")
        with proxy:
            return proxy.execute_kw(
                self.database, 2, "admin", model, method, list(args), kwargs
            )

    def module(self, method: str) -> None:
        """Call a button of the test addon in the list of modules."""
        ids = self.call("ir.module.module", "search", [("name", "=", ADDON)])
        self.call("ir.module.module", method, ids)

    def is_received(self) -> bool:
        """Create a record, and tell whether a component of the addon received it."""
        (created,) = self.call("res.partner.industry", "create", [{"name": "Coffee"}])
        (values,) = self.call("res.partner.industry", "read", created, ["full_name"])
        return values["full_name"] == f"received by {ADDON}"


@pytest.fixture(scope="session")
def with_events(odoo: odoo_run.Runner, postgresql: dict[str, str]) -> Iterator[str]:
    """A database with ``component_event`` installed, to make others from."""
    name = f"suite_test_{uuid.uuid4().hex[:8]}"
    databases.create(name, odoo, ["component_event"])
    subprocess.run(
        odoo.command(name, init=["component_event"], stop=True, log_level="warn"),
        env=odoo.environment(),
        check=True,
    )
    yield name
    databases.drop(name)


@pytest.fixture
def two_databases(with_events: str) -> Iterator[list[str]]:
    """Two databases with ``component_event`` installed."""
    names = [f"{with_events}_{number}" for number in (1, 2)]
    for name in names:
        databases.execute("CREATE DATABASE {} TEMPLATE {}", name, with_events)
    yield names
    for name in names:
        databases.drop(name)


@pytest.fixture
def serve(
    odoo: odoo_run.Runner, servers: processes.Processes, tmp_path
) -> Callable[[list[str], int], tuple[processes.Server, list[Client]]]:
    """Start a server for databases: ``serve(names, workers)`` gives it and clients."""

    def start(names: list[str], workers: int):
        port = ports.any_free()
        command = odoo.command(
            ",".join(names),
            log_level="warn",
            options=[
                f"--http-port={port}",
                f"--gevent-port={ports.any_free()}",
                f"--workers={workers}",
                "--max-cron-threads=0",
                "--limit-time-cpu=600",
                "--limit-time-real=1200",
                "--log-handler=odoo.addons.rpc.controllers.xmlrpc:ERROR",
            ],
        )
        log = tmp_path / "server.log"
        server = servers.start("Odoo", command, log, env=odoo.environment())
        url = f"http://127.0.0.1:{port}"

        def is_up() -> bool:
            try:
                with xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common") as common:
                    return bool(common.version())
            except OSError:
                return False

        server.wait_until(is_up, 120, "its first answer")
        return server, [Client(url, name) for name in names]

    return start
