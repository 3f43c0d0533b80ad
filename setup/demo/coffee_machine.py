"""The machine at the other end: a process of its own, spoken to over HTTP."""

from __future__ import annotations

import shlex
from datetime import datetime, timezone
from typing import Any

import requests

from .. import paths, ports, virtualenv
from ..processes import Processes, Server
from .options import Options

USER, PASSWORD = "barista", "espresso"
TIMEOUT = 5  # seconds


class CoffeeMachine:
    """Starts the machine and looks into it."""

    def __init__(self, options: Options, firmware: int, port: int) -> None:
        self.firmware = firmware
        self.url = f"http://{ports.HOST}:{port}"
        self.arguments = ["-m", "coffee_machine", "--firmware", str(firmware)]
        for name in ("recipes", "badges", "brews"):
            self.arguments += [f"--{name}", str(getattr(options, name))]
        # Coffees of these weeks, for who looks at them, and the same when it is
        # started again.
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.arguments += ["--epoch", now, "--port", str(port)]

    def start(self, servers: Processes) -> Server:
        """Start the machine and wait until it answers."""
        server = servers.start(
            f"the coffee machine with firmware {self.firmware}",
            [virtualenv.python(), *self.arguments],
            paths.new_log(f"demo-coffee-machine-{self.firmware}"),
            env=virtualenv.environment(),
            cwd=paths.TESTS,
        )
        server.wait_until(self.responds, 60, "starting")
        return server

    def how_to_start(self) -> str:
        """Return the command that starts the machine again by hand."""
        words = shlex.join([str(virtualenv.python()), *self.arguments])
        return f"cd {shlex.quote(str(paths.TESTS))} && {words}"

    def responds(self) -> bool:
        """Return whether the machine answers at all."""
        try:
            return requests.get(f"{self.url}/admin/stats", timeout=TIMEOUT).ok
        except requests.RequestException:
            return False

    def data(self) -> dict[str, dict[int, dict[str, Any]]]:
        """Return all records by kind and id, in the words of firmware 2."""
        response = requests.get(
            f"{self.url}/admin/data", params={"firmware": 2}, timeout=60
        )
        response.raise_for_status()
        return {
            kind: {record["id"]: record for record in records}
            for kind, records in response.json().items()
        }
