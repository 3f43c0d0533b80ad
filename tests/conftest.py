"""Fixtures of the tests that need the whole house: real Odoo, real PostgreSQL.

``python3 -m setup test --only pytest --pytest ARGUMENTS`` runs them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence

import pytest

from setup import databases, environment, odoo_run, paths, postgres, processes


@pytest.fixture(scope="session")
def odoo() -> odoo_run.Runner:
    """How to call Odoo: ``odoo.command(...)`` with ``odoo.environment()``."""
    return odoo_run.Runner(environment.find_odoo())


@pytest.fixture(scope="session")
def postgresql() -> Iterator[dict[str, str]]:
    """PostgreSQL is up; the libpq variables that lead to it, also in os.environ."""
    with postgres.running():
        yield {name: v for name, v in os.environ.items() if name.startswith("PG")}


@pytest.fixture
def make_database(
    odoo: odoo_run.Runner, postgresql: dict[str, str]
) -> Iterator[Callable[[Sequence[str]], str]]:
    """Make fresh databases: ``make_database(["queue_job"])`` gives one's name.

    It holds what the addons depend on; the addons are for the test to install, with
    ``odoo.command(name, init=[...])``. Dropped after the test.
    """
    made: list[str] = []

    def make(addons: Sequence[str]) -> str:
        name = f"suite_test_{uuid.uuid4().hex[:8]}"
        made.append(name)
        databases.create(name, odoo, addons)
        return name

    yield make
    for name in made:
        databases.drop(name)


@pytest.fixture
def servers() -> Iterator[processes.Processes]:
    """Start processes that are stopped after the test: ``servers.start(...)``."""
    with processes.Processes() as running:
        yield running


@pytest.fixture
def setup_command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``python3 -m setup ARGUMENTS`` and return what it printed."""

    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "setup", *arguments],
            cwd=paths.CHECKOUT,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
        )

    return run
