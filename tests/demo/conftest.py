"""A demo in a process of its own, with a smaller machine, on free ports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field

import psutil
import psycopg2
import pytest
import requests

from setup import databases, paths, ports
from setup.demo.options import DATABASE_PREFIX

SIZES = {"firmware": 2, "recipes": 60, "badges": 6, "brews": 150, "contacts": 4}
TOO_LONG = 300  # seconds; a demo that hangs shall not hang the tests


@dataclass
class Demo:
    """A running ``make demo`` or ``make serve``."""

    process: subprocess.Popen[str]
    odoo_port: int
    coffee_port: int
    lines: list[str] = field(default_factory=list)
    _news: threading.Condition = field(default_factory=threading.Condition)

    @property
    def machine(self) -> str:
        """The coffee machine's address."""
        return f"http://{ports.HOST}:{self.coffee_port}"

    @property
    def database(self) -> str:
        """The demo's database."""
        return f"{DATABASE_PREFIX}{self.odoo_port}"

    def read(self) -> None:
        """Collect what the demo prints (in a thread)."""
        for line in self.process.stdout or ():
            with self._news:
                self.lines.append(line.rstrip())
                self._news.notify_all()
        with self._news:
            self.lines.append("")
            self._news.notify_all()

    def wait_for(self, text: str) -> None:
        """Wait until the demo has printed `text`."""
        with self._news:
            found = self._news.wait_for(
                lambda: (
                    any(text in line for line in self.lines)
                    or self.process.poll() is not None
                ),
                TOO_LONG,
            )
        assert found, self.output()
        assert text in self.output(), self.output()

    def output(self) -> str:
        """All that the demo has printed."""
        return "\n".join(self.lines)

    def descendants(self) -> list[psutil.Process]:
        """The processes that the demo has started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def coffee_machine(self) -> psutil.Process:
        """The coffee machine's process."""
        return next(p for p in self.descendants() if "coffee_machine" in p.cmdline())

    def query(self, statement: str) -> list[tuple]:
        """Return the rows that `statement` finds in the demo's database."""
        with closing(psycopg2.connect(dbname=self.database)) as connection:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall()

    def machine_holds(self) -> dict[str, list[dict]]:
        """All that is in the machine."""
        return requests.get(f"{self.machine}/admin/data", timeout=30).json()

    def ended(self) -> int:
        """Wait for the end; return the exit code."""
        return self.process.wait(TOO_LONG)


@pytest.fixture
def start_demo(postgresql: dict[str, str]) -> Iterator[Callable[..., Demo]]:
    """Start a demo (or, with ``command="serve"``, what stays)."""
    started: list[Demo] = []

    def start(command: str = "demo", **options: int) -> Demo:
        words = [f"--{name}={v}" for name, v in {**SIZES, **options}.items()]
        odoo_port, coffee_port = ports.any_free(), ports.any_free()
        process = subprocess.Popen(
            [sys.executable, "-m", "setup", command, *words],
            cwd=paths.CHECKOUT,
            env={
                **os.environ,
                "ODOO_PORT": str(odoo_port),
                "COFFEE_PORT": str(coffee_port),
                "COLUMNS": "200",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        demo = Demo(process, odoo_port, coffee_port)
        started.append(demo)
        threading.Thread(target=demo.read, daemon=True).start()
        return demo

    yield start
    for demo in started:
        if demo.process.poll() is None:
            demo.process.send_signal(signal.SIGTERM)
            demo.ended()
        databases.drop(demo.database)
