"""What the demo runs on: PostgreSQL, the coffee machine, Odoo with job workers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import requests

from .. import databases, paths, ports, postgres
from ..errors import SetupError
from ..odoo_run import Runner
from ..processes import Processes, Server
from ..steps import say
from .client import Client, OdooError
from .coffee_machine import CoffeeMachine
from .options import Options

ADDON = "connector_coffee"
INSTALLING = 600  # seconds, on a slow machine


@dataclass(frozen=True)
class Stack:
    """The running servers and the ways to talk to them.

    ``machine`` is the one that is dealt with, of all ``machines``.
    """

    client: Client
    machine: CoffeeMachine
    odoo: Server
    machines: tuple[CoffeeMachine, ...]

    def each(self) -> Iterator[Stack]:
        """Yield the stack once for each of its machines."""
        return (replace(self, machine=machine) for machine in self.machines)


@contextmanager
def running(runner: Runner, options: Options) -> Iterator[Stack]:
    """Start everything on a new database; stop everything in the end.

    :raises SetupError: a port is taken, or a server does not start
    """
    options.check_ports()
    say("==> Starting PostgreSQL")
    with postgres.running(), Processes() as servers:
        machines = []
        port = options.coffee_port
        for firmware in options.firmwares:
            machine = CoffeeMachine(options, firmware, port)
            say(f"==> Starting a coffee machine, firmware {firmware}, on {machine.url}")
            machine.start(servers)
            machines.append(machine)
            port = ports.free_after(port, options.odoo_port)
        say(f"==> Creating the database {options.database}")
        databases.drop(options.database)
        databases.create(options.database, runner, [ADDON])
        url = f"http://{ports.HOST}:{options.odoo_port}"
        say(f"==> Starting Odoo with job workers on {url}, installing {ADDON}")
        client = Client(url, options.database)
        odoo = _start_odoo(servers, runner, options)
        odoo.wait_until(lambda: _is_ready(client, odoo), INSTALLING, "installing")
        with responses_expected(odoo):
            yield Stack(client, machines[0], odoo, tuple(machines))


@contextmanager
def responses_expected(odoo: Server) -> Iterator[None]:
    """Say in one line who did not answer a call.

    :raises SetupError: instead of what `requests` raises
    """
    try:
        yield
    except requests.RequestException as error:
        odoo.require_alive()
        target = str(error.request.url if error.request is not None else error)
        raise SetupError(f"no answer from {target}; Odoo's log: {odoo.log}") from error


def _start_odoo(servers: Processes, runner: Runner, options: Options) -> Server:
    return servers.start(
        "Odoo",
        runner.command(
            options.database,
            init=[ADDON],
            options=[
                f"--http-port={options.odoo_port}",
                f"--gevent-port={ports.any_free()}",
                f"--workers={options.workers}",
                "--max-cron-threads=1",
                "--load=base,rpc,web,queue_job",
            ],
        ),
        paths.new_log("demo-odoo"),
        env=runner.environment(),
        cwd=paths.cache(),
    )


def _is_ready(client: Client, odoo: Server) -> bool:
    # a server that fails to install goes on and serves what there is
    if odoo.log and " CRITICAL " in odoo.log.read_text(errors="replace"):
        raise SetupError(f"Odoo could not install {ADDON}: see {odoo.log}")
    try:
        if not requests.get(f"{client.url}/web/health", timeout=2).ok:
            return False
        # once and patiently: logins that were given up would still be carried out
        client.login(timeout=INSTALLING)
    except (requests.RequestException, OdooError):
        return False
    return True
