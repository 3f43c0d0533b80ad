"""How Odoo is called: interpreter, environment, configuration file, options."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import addons, paths, virtualenv
from .odoo_source import Odoo
from .steps import key_of, write_atomically


@dataclass(frozen=True)
class Runner:
    """Calls `odoo` with the suite's addons on its addons path."""

    odoo: Odoo

    def environment(self) -> dict[str, str]:
        """Return the environment Odoo is run in; libpq's variables are os.environ's.

        Odoo takes options from ODOO_* variables: what the user has set for another
        server is left out.
        """
        env = {
            name: value
            for name, value in virtualenv.environment().items()
            if not name.startswith("ODOO_") or name.startswith("ODOO_TEST_")
        }
        # Addons' tests talk to the coffee machine, which is beside them.
        python_path = os.pathsep.join([str(self.odoo.home), str(paths.TESTS)])
        return {**env, "PYTHONPATH": python_path, "PYTHONUNBUFFERED": "1"}

    def configuration(self) -> Path:
        """Return the configuration file, written for the checkout's addons."""
        folders = [*self.odoo.addons_path, *addons.own_addons_path()]
        text = "\n".join(
            [
                "[options]",
                f"addons_path = {','.join(map(str, folders))}",
                f"data_dir = {paths.cache() / 'odoo-data'}",
                "http_interface = 127.0.0.1",
                "list_db = False",
                "",
            ]
        )
        path = paths.cache() / f"odoo-{key_of([text])}.conf"
        if not path.is_file() or path.read_text() != text:
            write_atomically(path, text)
        return path

    def launcher(self) -> list[str | os.PathLike[str]]:
        """Return the command line of Odoo, up to its first word."""
        return [virtualenv.python(), _launcher()]

    def program(self, subcommand: str = "server") -> list[str | os.PathLike[str]]:
        """Return the command line up to the options of `subcommand`."""
        return [
            *self.launcher(),
            subcommand,
            *("--config", self.configuration()),
        ]

    def command(
        self,
        database: str,
        *,
        init: Iterable[str] = (),
        stop: bool = False,
        log_level: str = "info",
        options: Sequence[str] = (),
    ) -> list[str | os.PathLike[str]]:
        """Return the command line of a server on `database`."""
        words = [*self.program(), f"--database={database}", f"--log-level={log_level}"]
        if names := ",".join(init):
            words.append(f"--init={names}")
        if stop:
            words += ["--stop-after-init", "--no-http"]
        return [*words, *options]


def _launcher() -> Path:
    """Return the program that runs Odoo, whatever kind of Odoo it is.

    A program and not ``-m odoo``: the server starts itself again by its path.
    """
    path = paths.cache() / "bin" / "odoo"
    text = "import odoo.cli\n\nodoo.cli.main()\n"
    if not path.is_file() or path.read_text() != text:
        write_atomically(path, text)
    return path
