"""Servers serve copies of a database: their jobs are held until they are allowed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator

import pytest

from setup import odoo_run

from .cluster import Cluster, forget_original
from .job_server import JobServer
from .workload import Workload

_IDLE = "SELECT count(*) > 0 FROM queue_job_worker WHERE idle"
_SERVED = "SELECT value::jsonb ->> 'name' FROM ir_config_parameter WHERE key = %s"
_KEY = "queue_job.database"


@pytest.fixture
def odoo_command(cluster, odoo: odoo_run.Runner) -> Callable[..., str]:
    """Return a function that runs ``odoo COMMAND ...`` and returns its output."""

    def run(command: str, *arguments: str, is_refused: bool = False) -> str:
        done = subprocess.run(
            [*odoo.program(command), *arguments],
            env={
                **odoo.environment(),
                "PGHOST": cluster.host,
                "PGUSER": "odoo",
                "ODOO_RC": str(odoo.configuration()),
            },
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert bool(done.returncode) == is_refused, done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture
def copy_of(cluster: Cluster) -> Iterator[Callable[[str, str], Workload]]:
    """Return a function that copies a database as ``createdb -T`` does."""
    made = []

    def copy(database: str, name: str) -> Workload:
        made.append(name)
        cluster.copy_database(database, name)
        return Workload(cluster, name)

    yield copy
    for name in made:
        cluster.execute("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def original(cluster, copy_of, database, start_job_server) -> Iterator[str]:
    """The name of a database that was served."""
    work = copy_of(database, "crash_original")
    forget_original(cluster, "crash_original")
    server = start_job_server(1, databases="crash_original")
    work.add(args=(0, 0))
    work.wait(60)
    assert work.query(_SERVED, [_KEY]) == [("crash_original",)]
    server.kill()
    return "crash_original"


def _is_idle(work: Workload) -> Callable[[], bool]:
    return lambda: work.query(_IDLE) == [(True,)]


def _lines(server: JobServer, words: str) -> list[str]:
    return re.findall(f"WARNING .*{words}.*", server.log.read_text())


def test_nothing_of_a_neutralized_database_runs_until_it_is_allowed(
    original, cluster, start_job_server, odoo_command
):
    work = Workload(cluster, original)
    odoo_command("neutralize", "-d", original)
    uuid = work.add(args=(0, 0))
    server = start_job_server(2, databases=original)
    work.wait(60, _is_idle(work))
    work.add(args=(1, 0))
    assert "This database is neutralized" in odoo_command(
        "queue", "explain", uuid, "-d", original
    )
    assert "This database is neutralized" in odoo_command(
        "queue", "status", "-d", original
    )
    assert work.states() == {"pending": 2}
    assert len(_lines(server, "database is neutralized")) == 1
    assert "moved" not in odoo_command("queue", "resume", "-d", original)
    work.wait(10)
    work.assert_each_row_once()
    odoo_command("queue", "hold", "-d", original)
    work.add(args=(2, 0))
    work.wait(60, _is_idle(work))
    assert work.states() == {"done": 2, "pending": 1}


def test_nothing_of_a_neutralized_database_is_run_by_the_scheduled_action(
    original, cluster, odoo_command, odoo
):
    work = Workload(cluster, original)
    odoo_command("neutralize", "-d", original)
    work.add(args=(0, 0))
    for decision, left in (("", {"pending": 1}), ("run_jobs_in_copy", {"done": 1})):
        script = 'env["queue.job"]._cron_run_jobs()\n'
        if decision:
            script = f'env["queue.job"].{decision}(); env.cr.commit()\n{script}'
        subprocess.run(
            [*odoo.program("shell"), f"--database={original}", "--no-http"],
            env={**odoo.environment(), "PGHOST": cluster.host, "PGUSER": "odoo"},
            input=script,
            text=True,
            check=True,
            timeout=120,
        )
        assert work.states() == left


def test_a_copy_under_another_name_is_held_and_logged_while_the_original_runs(
    original, cluster, copy_of, start_job_server, odoo_command
):
    on_original = Workload(cluster, original)
    copy = copy_of(original, "crash_copied")
    uuid = copy.add(args=(0, 0))
    first = start_job_server(2, databases=f"{original},crash_copied")
    second = start_job_server(1, databases=f"{original},crash_copied")
    copy.wait(60, _is_idle(copy))
    on_original.add(args=(0, 0))
    on_original.wait(60)
    output = odoo_command("queue", "explain", uuid, "-d", "crash_copied")
    assert "looks like a copy" in output
    assert "its name was crash_original" in output
    assert copy.states() == {"pending": 1}
    expected = "database=crash_copied origin=crash_original"
    for server in (first, second):
        # both write to one file
        assert len(_lines(server, expected)) == 2, "one line for each server"
    odoo_command("queue", "resume", "-d", "crash_copied")
    copy.wait(10)
    # a copy of the copy is not allowed
    for server in (first, second):
        server.kill()
    again = copy_of("crash_copied", "crash_copied_again")
    again.add(args=(0, 0))
    start_job_server(1, databases="crash_copied_again")
    again.wait(60, _is_idle(again))
    assert again.states() == {"pending": 1}
    on_original.add(args=(1, 0))
    assert "is not a copy" in odoo_command(
        "queue", "resume", "-d", original, is_refused=True
    )


@pytest.mark.parametrize("kind", ["neutralized", "copy"])
def test_a_database_duplicated_by_odoo_is_held(
    kind, original, cluster, start_job_server, odoo_command
):
    Workload(cluster, original).add(args=(0, 0))
    # a server would connect to it again before it is copied
    cluster.execute("postgres", f"ALTER DATABASE {original} ALLOW_CONNECTIONS false")
    name = f"crash_duplicate_{kind}"
    server = start_job_server(1, databases=None)
    option = ["--neutralize"] if kind == "neutralized" else []
    odoo_command("db", "duplicate", *option, original, name)
    copy = Workload(cluster, name, begins_empty=False)
    try:
        copy.wait(60, _is_idle(copy))
        assert copy.states() == {"pending": 1}
        output = odoo_command("queue", "status", "-d", name)
        assert ("neutralized" in output) == (kind == "neutralized")
        assert "jobs are held" in output
    finally:
        server.kill()
        cluster.execute("postgres", f"DROP DATABASE {name} WITH (FORCE)")


def test_a_renamed_database_continues_when_it_is_marked_as_renamed(
    original, cluster, copy_of, start_job_server, odoo_command
):
    work = copy_of(original, "crash_renamed")
    cluster.execute("postgres", f"DROP DATABASE {original}")
    work.add(args=(0, 0))
    server = start_job_server(1, databases="crash_renamed")
    work.wait(60, _is_idle(work))
    assert work.states() == {"pending": 1}
    output = odoo_command("queue", "resume", "--moved", "-d", "crash_renamed")
    assert "This database is not a copy" in output
    work.wait(10)
    server.kill()
    work.add(args=(1, 0))
    start_job_server(1, databases="crash_renamed")
    work.wait(60)


def test_a_new_uuid_under_the_same_name_holds_a_database_that_is_being_served(
    original, cluster, start_job_server
):
    work = Workload(cluster, original)
    start_job_server(1, databases=original)
    work.wait(60, _is_idle(work))
    # as Odoo does after it has restored a copy
    work.query(
        "UPDATE ir_config_parameter SET value = 'new' WHERE key = 'database.uuid'"
    )
    work.add(args=(0, 0))
    work.add(args=(1, 0))
    work.wait(60, _is_idle(work))
    assert work.states() == {"pending": 2}


def test_a_server_can_be_configured_to_adopt_copies(
    original, copy_of, start_job_server
):
    settings = {"ODOO_QUEUE_JOB_ADOPT_COPIES": "True"}
    work = copy_of(original, "crash_adopted")
    work.add(args=(0, 0))
    start_job_server(1, databases="crash_adopted", environment=settings)
    work.wait(60)
    assert work.query(_SERVED, [_KEY]) == [("crash_adopted",)]
