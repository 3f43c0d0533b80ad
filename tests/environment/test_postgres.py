"""PostgreSQL: the embedded one is shared and stopped, an own one is respected."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import psycopg2
import pytest

from setup import databases, paths, postgres
from setup.errors import SetupError
from setup.lock import Users, exclusive

STOPPABLE = """
import sys
from setup import postgres, processes
try:
    with processes.signals_stop(), postgres.running():
        pass
except processes.Stopped as stopped:
    sys.exit(stopped.exit_code)
"""


@pytest.fixture
def embedded(scratch_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No PostgreSQL of the user's own: the embedded one, in an empty cache."""
    for name in (*postgres.OWN, "PGUSER", "PGPASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return scratch_cache


def postmaster(cache: Path) -> psutil.Process:
    pid = (cache / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0]
    return psutil.Process(int(pid))


def test_the_embedded_postgresql_is_stopped_by_the_last_run_that_uses_it(
    embedded: Path,
) -> None:
    other_run = """
        from setup import postgres
        with postgres.running():
            print("ready", flush=True)
            input()
    """
    with postgres.running():
        server = postmaster(embedded)
        other = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(other_run)],
            cwd=paths.CHECKOUT,
            # as another terminal: without this run's PGHOST
            env={k: v for k, v in os.environ.items() if not k.startswith("PG")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        assert not databases.exists("coffee")
    assert server.is_running(), "the other run still uses it"
    other.communicate("\n")
    assert other.returncode == 0
    assert not psutil.wait_procs([server], timeout=30)[1]


def test_the_environment_is_as_before_afterwards(embedded: Path) -> None:
    before = dict(os.environ)
    with postgres.running():
        assert os.environ["PGUSER"] == "odoo"
        assert psycopg2.connect(dbname="postgres").server_version >= 130000
    assert dict(os.environ) == before


def test_a_cluster_whose_making_was_stopped_is_recreated(embedded: Path) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", STOPPABLE], cwd=paths.CHECKOUT, env=dict(os.environ)
    )
    while not (embedded / "postgres" / "global").exists():
        assert run.poll() is None
        time.sleep(0.001)
    run.terminate()
    assert run.wait(60) == 128 + signal.SIGTERM
    assert (embedded / "postgres.unfinished").exists(), "it was stopped in the middle"
    with postgres.running():
        assert not databases.exists("coffee")
    assert not (embedded / "postgres.unfinished").exists(), "or it would be lost again"


def test_a_cache_folder_with_a_very_long_path_is_no_obstacle(
    embedded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a unix socket's path is limited to about 100 characters
    monkeypatch.setenv("CONNECTOR_SUITE_CACHE", str(embedded / ("long" * 30)))
    with postgres.running():
        assert f"connector-suite-{os.geteuid()}" in os.environ["PGHOST"]
        assert not databases.exists("coffee")


def test_users_of_one_machine_share_no_lock(embedded: Path) -> None:
    library = postgres._library()
    assert f"connector-suite-{os.geteuid()}" in str(library.PostgresServer.lock_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
def test_for_root_the_folders_above_do_not_become_readable(
    embedded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = tmp_path / "private"
    (private / "cache").mkdir(parents=True)
    private.chmod(0o700)
    monkeypatch.setenv("CONNECTOR_SUITE_CACHE", str(private / "cache"))
    with postgres.running():
        assert not databases.exists("coffee")
    assert stat.S_IMODE(private.stat().st_mode) == 0o711


def test_an_own_postgresql_that_does_not_answer_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGHOST", str(tmp_path))
    with pytest.raises(SetupError) as failure, postgres.running():
        pass
    message = str(failure.value)
    assert message.startswith("your PostgreSQL does not let us in: ")
    assert str(tmp_path) in message
    assert "No such file" in message
    assert "unset them to use the embedded one" in message
    assert "\n" not in message


@pytest.fixture
def role(postgresql: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    databases.execute("DROP ROLE IF EXISTS {}", "suite_test_role")
    databases.execute("CREATE ROLE {} LOGIN", "suite_test_role")
    yield "suite_test_role"
    monkeypatch.undo()
    databases.execute("DROP ROLE {}", "suite_test_role")


def test_a_role_that_may_not_create_databases_is_said(
    role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGUSER", role)
    with pytest.raises(SetupError) as failure, postgres.running():
        pass
    assert str(failure.value) == (
        f'the role "{role}" may not create databases: ALTER ROLE "{role}" CREATEDB'
    )


def test_the_role_that_odoo_refuses_is_said(
    postgresql: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGUSER", "postgres")
    with pytest.raises(SetupError, match="set PGUSER to another role"):
        with postgres.running():
            pass


def test_an_own_postgresql_is_not_stopped(postgresql: dict[str, str]) -> None:
    with postgres.running():
        pass
    assert databases.exists("postgres")


def test_a_second_run_waits_for_the_cache_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = tmp_path / "lock"
    other_run = f"""
        from pathlib import Path
        from setup.lock import exclusive
        with exclusive(Path({str(lock)!r}), "another run is busy: waiting"):
            print("inside", flush=True)
    """
    with exclusive(lock, "never"):
        other = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(other_run)],
            cwd=paths.CHECKOUT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "another run is busy: waiting"
    assert other.stdout.readline() == "inside\n"
    assert other.wait(60) == 0
    assert capsys.readouterr().out == ""


def test_only_the_last_user_is_told_to_put_things_away(tmp_path: Path) -> None:
    first, second = Users(tmp_path / "users"), Users(tmp_path / "users")
    first.enter()
    second.enter()
    assert not first.leave_is_last()
    assert second.leave_is_last()
    first.close()
    second.close()
