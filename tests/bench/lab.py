"""What measures work with: RAW, databases, and Odoo's registries in this process."""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.tools import config

from setup import addons, databases, environment, odoo_run

from .raw import raw


class Lab:
    """Makes databases, and drops them in the end.

    ``raw``
        updates with commit per second, measured at the start of the run
    ``seconds``
        how long one figure is to be measured
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.raw = raw("postgres", seconds)
        self.runner = odoo_run.Runner(environment.find_odoo())
        self._made: dict[tuple[str, ...], str] = {}

    def __enter__(self) -> Lab:
        options = ["--no-http", "--log-level=error", "--max-cron-threads=0"]
        config.parse_config(
            ["--config", str(self.runner.configuration()), *options], setup_logging=True
        )
        return self

    def __exit__(self, *exc_info: object) -> None:
        Registry.delete_all()
        for name in self._made.values():
            databases.drop(name)

    @property
    def suite(self) -> tuple[str, ...]:
        """The names of the suite's addons, those of the tests left out."""
        names = addons.of_suite()
        return tuple(sorted(name for name in names if not name.startswith("test_")))

    def database(
        self,
        install: Sequence[str] = (),
        copy: int = 0,
        options: Sequence[str] = (),
        env: dict[str, str] | None = None,
    ) -> str:
        """Return a database with what the suite depends on, and these addons.

        Without addons it is a bare Odoo, to compare with. The same call gives the
        same database; another number as ``copy``, one more like it. ``options`` and
        ``env`` are those of Odoo that installs the addons.
        """
        key = (*sorted(install), str(copy), *options)
        if key not in self._made:
            name = f"suite_bench_{uuid.uuid4().hex[:8]}"
            self._made[key] = name
            databases.create(name, self.runner, self.suite)
            if install:
                subprocess.run(
                    self.runner.command(
                        name,
                        init=install,
                        stop=True,
                        log_level="warn",
                        options=options,
                    ),
                    env=env or self.process_environment(),
                    check=True,
                )
        return self._made[key]

    def process_environment(self, libraries: Sequence[Path] = ()) -> dict[str, str]:
        """Return the environment of Odoo's processes, with folders of libraries."""
        env = self.runner.environment()
        env["PYTHONPATH"] = os.pathsep.join([env["PYTHONPATH"], *map(str, libraries)])
        return {**env, **_libpq()}

    @contextmanager
    def environment(self, database: str) -> Iterator[Environment]:
        """Enter a superuser environment of a database; it is rolled back."""
        with Registry(database).cursor() as cr:
            yield Environment(cr, SUPERUSER_ID, {})
            cr.rollback()


def _libpq() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("PG")}
