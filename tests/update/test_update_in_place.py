"""A database of the addon from the package index is taken over, with its jobs."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg2
import psycopg2.extras
import pytest

from setup import odoo_run

HERE = Path(__file__).parent


@pytest.fixture
def updated(
    odoo: odoo_run.Runner, make_database: Callable[[Sequence[str]], str], peer_addons
):
    """Return (database, rows before, columns before) of an updated database."""
    database = make_database(["queue_job"])
    addons_path = [f"--addons-path={','.join(map(str, _paths(odoo, peer_addons)))}"]
    packages = peer_addons.parent.parent
    _run(
        odoo,
        odoo.command(database, init=["queue_job"], stop=True, options=addons_path),
        packages,
    )
    script = (HERE / "jobs_of_the_peer.py").read_text()
    _run(odoo, _shell(odoo, database, addons_path), packages, script)
    before = {table: _rows(database, table) for table in _TABLES}
    columns = {table: _columns(database, table) for table in _TABLES}
    update = ["--update=all"]
    log = _run(odoo, odoo.command(database, stop=True, options=update), None)
    assert " ERROR " not in log.replace("selfie_segmentation", ""), log
    return database, before, columns


_TABLES = ("queue_job", "queue_job_channel", "queue_job_function")


def test_database_of_the_peer_is_taken_over(odoo, updated) -> None:
    database, before, columns = updated
    after = {table: _rows(database, table) for table in _TABLES}

    for table in _TABLES:
        now = _columns(database, table)
        for column, kind in columns[table].items():
            assert now.get(column) == kind, f"{table}.{column}"

    jobs = {job["name"]: job for job in after["queue_job"].values()}
    assert len(jobs) == len(before["queue_job"])
    for old in before["queue_job"].values():
        new = jobs[old["name"]]
        if old["state"] in ("enqueued", "started"):
            continue
        if old["name"] == "newer duplicate":
            continue
        for column, value in old.items():
            if new[column] != value:
                pytest.fail(f"{column} of {old['name']}: {value!r}, {new[column]!r}")

    # no worker runs them any more
    assert jobs["one enqueued"]["state"] == "pending"
    assert jobs["one enqueued"]["retry"] == 0
    assert jobs["one started"]["state"] == "pending"
    assert jobs["one started"]["retry"] == 1
    # one of the duplicates is left, the other names it
    duplicates = {
        jobs[name]["state"]: jobs[name]
        for name in ("older duplicate", "newer duplicate")
    }
    assert set(duplicates) == {"pending", "cancelled"}
    assert duplicates["pending"]["uuid"] in duplicates["cancelled"]["result"]
    failed = jobs["one failed"]
    assert failed["exc_place"] == "my_shop/models/order.py:345 in send"
    assert failed["date_failed"] == failed["date_started"]

    for channel_id, old in before["queue_job_channel"].items():
        new = after["queue_job_channel"][channel_id]
        for name in ("name", "complete_name", "parent_id", "removal_interval"):
            assert new[name] == old[name]

    functions = [
        function
        for function in after["queue_job_function"].values()
        if function["name"] == "<res.partner>.write"
    ]
    assert len(functions) == 1, "two functions of one method become one"
    assert json.loads(functions[0]["retry_pattern"]) == {"1": 10, "5": [60, 120]}
    assert json.loads(functions[0]["related_action"]) == {"kwargs": {"a": 1}}

    _run(odoo, _shell(odoo, database, []), None, RUN, jobs_fail=True)
    done = {job["name"]: job["state"] for job in _rows(database, "queue_job").values()}
    for name in ("one pending", "one enqueued", "one started", "graph a", "graph c"):
        assert done[name] == "done"
    assert done["arguments"] == "pending"
    with _connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT function, website, street FROM res_partner WHERE ref = 'jobs'"
        )
        assert cursor.fetchone() == ("a", "http://b.example", "c")
    _check_odd_arguments(database)


def test_updated_database_has_the_indexes_and_constraints_of_a_fresh_one(
    odoo, updated, make_database
) -> None:
    database = updated[0]
    fresh = make_database(["queue_job"])
    _run(odoo, odoo.command(fresh, init=["queue_job"], stop=True), None)
    for query in (_INDEXES, _CONSTRAINTS, _TRIGGERS):
        assert _query(database, query) == _query(fresh, query)
    for table in _TABLES:
        assert _columns(database, table) == _columns(fresh, table)


_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
     WHERE tablename LIKE 'queue_job%' ORDER BY 1
"""
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
      FROM pg_constraint WHERE conrelid::regclass::text LIKE 'queue_job%' ORDER BY 1, 2
"""
_TRIGGERS = """
    SELECT tgrelid::regclass::text, tgname FROM pg_trigger
     WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'queue_job%' ORDER BY 1, 2
"""
#: What each waiting job with odd arguments becomes: its state, a part of what it says.
ODD = {
    "nul": ("failed", "NUL"),
    "surrogate": ("failed", "surrogates not allowed"),
    "nan": ("done", None),
    "big": ("done", None),
    "order": ("done", None),
    "lxml": ("done", None),
    "unknown": ("failed", "no.model"),
    "broken": ("failed", "queue.job.args cannot be decoded"),
}
#: As the scheduled action of a server without workers does
RUN = """
env["queue.job"]._cron_run_jobs()
"""


def _check_odd_arguments(database: str) -> None:
    """Look at what the jobs with odd arguments became when they ran."""
    jobs = {job["name"]: job for job in _rows(database, "queue_job").values()}
    for kind, (state, message) in ODD.items():
        for before_update in ("pending", "enqueued", "started"):
            job = jobs[f"odd {kind} {before_update}"]
            assert job["state"] == state, job["exc_info"]
            assert message is None or message in job["exc_info"]
        for ended in ("done", "cancelled", "failed"):
            assert jobs[f"odd {kind} {ended}"]["state"] == ended
    stored = dict(_query(database, "SELECT key, value FROM ir_config_parameter"))
    assert stored["odd order started"] == "{'z': 1, 'a': 2, '_type': 'moon'}"
    assert stored["odd big started"] == "x" * 10_000_000
    assert stored["odd nan started"] == "nan"
    assert stored["odd lxml started"].startswith("<Element order")


def _paths(odoo: odoo_run.Runner, peer_addons: Path) -> list[Path]:
    return [*odoo.odoo.addons_path, peer_addons]


def _shell(odoo: odoo_run.Runner, database: str, options: Sequence[str]) -> list:
    return [
        *odoo.program("shell"),
        f"--database={database}",
        "--no-http",
        "--log-level=warn",
        *options,
    ]


def _run(
    odoo, command, packages: Path | None, stdin: str = "", jobs_fail: bool = False
) -> str:
    environment = {
        **odoo.environment(),
        **{name: v for name, v in os.environ.items() if name.startswith("PG")},
    }
    if packages:
        environment["PYTHONPATH"] += f"{os.pathsep}{packages}"
    done = subprocess.run(
        command,
        env=environment,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    assert jobs_fail or "Traceback" not in done.stdout, done.stdout[-5000:]
    return done.stdout


def _connect(database: str):
    return psycopg2.connect(dbname=database)


def _query(database: str, query: str, parameters=()) -> list:
    with _connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(query, parameters or None)
        return cursor.fetchall()


def _columns(database: str, table: str) -> dict[str, str]:
    return dict(
        _query(
            database,
            "SELECT column_name, udt_name FROM information_schema.columns "
            "WHERE table_name = %s",
            (table,),
        )
    )


def _rows(database: str, table: str) -> dict[int, dict]:
    with _connect(database) as connection:
        with connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
            cursor.execute(f"SELECT * FROM {table}")
            return {row["id"]: dict(row) for row in cursor.fetchall()}
