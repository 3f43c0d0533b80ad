"""The page "Bootstrapping a connector", followed word by word.

What it says to write is written, what it says to type is typed, and what it says to
come of it must come of it. Only ports, the database's name and the folder are others.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
import requests

from setup import paths, ports, processes

from . import blocks

ENGLISH = blocks.DOCS / "tutorial.md"
FRENCH = blocks.DOCS / "fr" / "tutoriel.md"
PAGES = {"english": ENGLISH, "french": FRENCH}
TOO_LONG = 300  # seconds
UNDER_WAY = """
SELECT count(*) FROM queue_job WHERE state NOT IN ('done', 'failed', 'cancelled')
"""


class Reader:
    """Somebody who does what a page says."""

    def __init__(
        self, folder: Path, database: str, servers: processes.Processes
    ) -> None:
        self.folder = folder
        self.database = database
        self.printed = ""
        self.outputs_seen = 0
        self._servers = servers
        self._odoo: processes.Server | None = None
        self._ports = {name: ports.any_free() for name in ("8069", "8100", "gevent")}
        self._environment = {
            **os.environ,
            "ADDONS_PATH": str(folder),
            "COFFEE_PORT": str(self._ports["8100"]),
            "DATABASE": database,
        }

    @property
    def machine(self) -> str:
        """Where the coffee machine is."""
        return f"http://{ports.HOST}:{self._ports['8100']}"

    def follow(self, block: blocks.Block) -> None:
        """Do what a block of code is there for."""
        if block.file:
            blocks.write_file(self.folder, block)
        elif block.name.startswith("shell-"):
            self._wait_for_jobs()
            self.printed = self._type_into_shell(block.code)
        elif block.name.startswith("output-"):
            self.outputs_seen += 1
            assert block.code.strip() in self.printed, block
        elif block.language == "console":
            for command in block.commands():
                self._run(command)
        else:
            assert block.language == "json", f"{block}: not followed"
            assert json.loads(block.code) in self.held()["recipes"]

    def held(self) -> dict[str, list[dict]]:
        """Return what the machine holds."""
        return requests.get(f"{self.machine}/admin/data", timeout=30).json()

    def _run(self, command: str) -> None:
        command = command.replace("~/addons", str(self.folder))
        words = [
            self.database if word == "espresso" else word
            for word in shlex.split(command)
        ]
        if words[0] in ("mkdir", "export"):
            # what export sets is in our environment from the start
            if words[0] == "mkdir":
                subprocess.run(words, check=True)
        elif words == ["make", "machine"]:
            self._serve(words, f"{self.machine}/admin/stats")
        elif words[:4] == ["python3", "-m", "setup", "odoo"]:
            if self._odoo:
                processes.stop_group(self._odoo.process)
            http, gevent = self._ports["8069"], self._ports["gevent"]
            own = [f"--http-port={http}", f"--gevent-port={gevent}"]
            url = f"http://{ports.HOST}:{http}/web/health"
            self._odoo = self._serve([*words, *own], url)
        else:
            assert words[:4] == ["python3", "-m", "setup", "test"], command
            done = subprocess.run(
                [sys.executable, *words[1:]],
                cwd=paths.CHECKOUT,
                env=self._environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            ran = re.search(r"tests: (\d+) passed, 0 failed", done.stdout)
            # Those of the contracts are among them.
            assert ran, done.stdout
            assert int(ran[1]) > 20

    def _serve(self, words: list[str], url: str) -> processes.Server:
        """Start a server that answers at `url` when it is ready."""
        if words[0] == "python3":
            words[0] = sys.executable
        server = self._servers.start(
            words[1] if words[0] == "make" else "odoo",
            words,
            paths.new_log("docs-tutorial"),
            env=self._environment,
            cwd=paths.CHECKOUT,
        )

        def is_ready() -> bool:
            try:
                return requests.get(url, timeout=5).ok
            except requests.RequestException:
                return False

        server.wait_until(is_ready, TOO_LONG, "to start")
        return server

    def _type_into_shell(self, code: str) -> str:
        code = code.replace("http://127.0.0.1:8100", self.machine)
        done = subprocess.run(
            [sys.executable, "-m", "setup", "shell"],
            input=code,
            cwd=paths.CHECKOUT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    def _wait_for_jobs(self) -> None:
        assert self._odoo
        with closing(psycopg2.connect(dbname=self.database)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:

                def are_done() -> bool:
                    cursor.execute(UNDER_WAY)
                    return cursor.fetchone() == (0,)

                self._odoo.wait_until(are_done, TOO_LONG, "the jobs")


def test_following_the_tutorial_ends_with_a_record_synchronized(
    make_database: Callable[[Sequence[str]], str],
    servers: processes.Processes,
    tmp_path: Path,
):
    # the addons it installs need no others of Odoo than the coffee machine's connector
    reader = Reader(tmp_path, make_database(["connector_coffee"]), servers)
    for block in blocks.of_page(ENGLISH):
        reader.follow(block)
    assert reader.outputs_seen == 3
    names = {recipe["id"]: recipe["name"] for recipe in reader.held()["recipes"]}
    assert names[4] == "Doppio of the house"


def test_the_first_record_takes_four_files_and_eighty_lines():
    """What step 6 imports was written in the steps before it."""
    lines: dict[str, int] = {}
    for block in blocks.of_page(ENGLISH):
        if block.name.startswith("shell-"):
            break
        if block.file:
            written = sum(bool(line.strip()) for line in block.code.splitlines())
            lines[block.file] = lines.get(block.file, 0) + written
    assert len(lines) <= 4, lines
    assert sum(lines.values()) <= 80, lines


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_the_tutorial_has_the_same_code_in_each_language(page: Path):
    translated = [(b.language, b.code, b.options) for b in blocks.of_page(page)]
    assert translated == [
        (b.language, b.code, b.options) for b in blocks.of_page(ENGLISH)
    ]
