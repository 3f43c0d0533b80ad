"""The page "Scaffold a connector", followed word by word.

What it says to change is changed, what it says to type is typed. Only the folder, the
database's name and the ports are others.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import requests

from setup import paths, ports, processes

PAGE = paths.CHECKOUT / "docs" / "scaffold.md"
_FENCE = re.compile(r"^```(?:\{code-block\} )?(\w+)\n(.*?)^```$", re.M | re.DOTALL)
_NAME = re.compile(r":name: ([\w-]+)\n\n?")


class Reader:
    """Somebody who does what the page says."""

    def __init__(self, folder: Path, database: str, servers: processes.Processes):
        self._folder = folder
        self._database = database
        self._servers = servers
        self._machine = f"http://{ports.HOST}:{ports.any_free()}"
        self._printed = ""
        self.tested = 0

    def follow(self, language: str, code: str) -> None:
        if name := _NAME.match(code):
            code = code[name.end() :].replace("http://127.0.0.1:8100", self._machine)
        if language == "console":
            for line in code.splitlines():
                self._type(shlex.split(line.removeprefix("$ ")))
        elif language == "diff":
            # git would take the header of the next file for a line to remove.
            for diff in re.split(r"^(?=--- a/)", code, flags=re.MULTILINE)[1:]:
                self._change(diff)
        elif name and name[1].startswith("shell-"):
            self._printed = self._run(*self._shell, input=code)
        elif name:
            assert code.strip() in self._printed, self._printed
        elif language == "python":
            assert textwrap.indent(code, "    ") in self._order_binding()

    def _order_binding(self) -> str:
        """Return what is written for a model that requires more than a name."""
        copy = self._folder.with_name("copy")
        shutil.copytree(self._folder, copy)
        model = ("--model", "sale.order", "--resource", "/orders")
        self._run(
            *("python3", "-m", "setup", "scaffold", "connector_tea", *model),
            *("--folder", str(copy)),
        )
        return (copy / "connector_tea" / "models" / "sale_order.py").read_text()

    def _type(self, words: list[str]) -> None:
        words = [word.replace("~/addons", str(self._folder)) for word in words]
        if words[0] == "export":
            assert words[1] == f"ADDONS_PATH={self._folder}"
        elif words == ["make", "machine"]:
            self._start_machine()
        elif words == ["DATABASE=tea", "make", "shell"]:
            self._shell = words[1:]
        elif words[:2] == ["make", "test"]:
            assert ", 0 failed" in self._run(*words)
            self.tested += 1
        else:
            self._run(*(self._database if word == "tea" else word for word in words))

    def _run(self, *words: str, input: str | None = None) -> str:
        if words[0] == "python3":
            words = (sys.executable, *words[1:])
        done = subprocess.run(
            words,
            input=input,
            cwd=paths.CHECKOUT,
            env={
                **os.environ,
                "ADDONS_PATH": str(self._folder),
                "DATABASE": self._database,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    def _change(self, diff: str) -> None:
        done = subprocess.run(
            ["git", "apply", "--recount", "-"],
            input=diff,
            cwd=self._folder,
            # Else git takes it for a part of the repository it may be in.
            env={**os.environ, "GIT_CEILING_DIRECTORIES": str(self._folder.parent)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{done.stderr}\n{diff}"

    def _start_machine(self) -> None:
        port = self._machine.rpartition(":")[2]
        machine = self._servers.start(
            "machine",
            [sys.executable, "-m", "coffee_machine", "--port", port],
            paths.new_log("scaffold-machine"),
            cwd=paths.TESTS,
        )

        def is_ready() -> bool:
            try:
                return requests.get(f"{self._machine}/admin/stats", timeout=5).ok
            except requests.RequestException:
                return False

        machine.wait_until(is_ready, 60, "to start")


def test_following_the_page_ends_with_a_record_synchronized(
    make_database, servers, tmp_path
):
    folder = tmp_path / "addons"
    reader = Reader(folder, make_database(["connector"]), servers)
    for language, code in _FENCE.findall(PAGE.read_text("utf-8")):
        reader.follow(language, code)
    assert reader.tested == 2
    assert "120 recipes" in reader._printed
