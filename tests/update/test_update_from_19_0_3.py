"""A database of version 19.0.3.0.0 becomes one of today, and keeps its rows."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psycopg2
import pytest

ADDONS = ["connector", "connector_coffee"]
HERE = Path(__file__).parent
OLD = ("queue_job_19_0_3.sql", "connector_19_0_3.sql")

#: Where the tables of the addons begin; Odoo's own change by an update, too.
_TABLES = "'^(connector|coffee|queue)_'"
_MODELS = r"'^(connector|coffee|queue)\.'"
#: What there is of the addons in a database, by kind.
_QUERIES = {
    "column": "SELECT table_name, column_name, udt_name, is_nullable "
    f"FROM information_schema.columns WHERE table_name ~ {_TABLES}",
    "relation": "SELECT relkind::text, relname FROM pg_class "
    f"WHERE relname ~ {_TABLES}",
    "index": f"SELECT indexdef FROM pg_indexes WHERE tablename ~ {_TABLES}",
    "constraint": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) "
    f"FROM pg_constraint WHERE conrelid::regclass::text ~ {_TABLES}",
    "constraint record": "SELECT name, type FROM ir_model_constraint "
    f"WHERE name ~ {_TABLES}",
    "model": f"SELECT model FROM ir_model WHERE model ~ {_MODELS}",
    # Fields that an addon like sms adds to all threads come and go by updates.
    "field": "SELECT model, name, relation, store FROM ir_model_fields "
    f"WHERE model ~ {_MODELS} AND name NOT LIKE 'message_%'",
    "selection": "SELECT field.model, field.name, value "
    "FROM ir_model_fields_selection one JOIN ir_model_fields field "
    f"ON field.id = one.field_id WHERE field.model ~ {_MODELS}",
    "cron": "SELECT cron_name, name::text FROM ir_cron JOIN ir_act_server action "
    "ON action.id = ir_actions_server_id",
    "rule": "SELECT name, domain_force FROM ir_rule",
    "xmlid": "SELECT module, name, model FROM ir_model_data "
    "WHERE module LIKE '%connector%' AND name NOT LIKE '%\\_\\_message\\_%'",
}


@pytest.fixture
def updated(odoo, make_database) -> tuple[str, dict[str, set]]:
    """Return an updated database, and what is in it where it is new."""
    database = make_database(ADDONS)
    _run(odoo, odoo.command(database, init=ADDONS, stop=True))
    fresh = {kind: _query(database, query) for kind, query in _QUERIES.items()}
    with psycopg2.connect(dbname=database) as connection:
        for name in OLD:
            connection.cursor().execute((HERE / name).read_text())
    update = ["--update=queue_job"]
    _run(odoo, odoo.command(database, stop=True, options=update))
    return database, fresh


def test_updated_database_equals_a_fresh_one(updated) -> None:
    database, fresh = updated
    now = {kind: _query(database, query) for kind, query in _QUERIES.items()}
    for kind in _QUERIES:
        assert (now[kind] - fresh[kind], fresh[kind] - now[kind]) == (set(), set())

    assert _query(
        database,
        "SELECT failures, open_since::text, blocked_until::text, failed_probes, reason "
        "FROM connector_circuit_breaker",
    ) == {(3, "2030-01-01 00:00:00", "2030-01-02 00:00:00", 4, "It is off.")}
    assert _query(
        database,
        "SELECT backend_model, backend_id, full_at::text, retry_at::text "
        "FROM connector_rate_limiter",
    ) == {("coffee.backend", 1, "2030-01-03 00:00:00", "2030-01-04 00:00:00")}
    assert _query(database, "SELECT seen, created FROM connector_sync_counter") == {
        (7, 5)
    }
    alert = (5, 30, "2030-01-05 00:00:00")
    assert _query(
        database,
        "SELECT connection_state, connection_message, latency_alert_minutes, "
        "latency_alert_interval, latency_alert_last::text FROM coffee_backend",
    ) == {(state, "why", *alert) for state in ("not_tested", "connected", "error")}
    assert _query(
        database,
        "SELECT method, (retry_pattern #>> '{}')::jsonb::text FROM queue_job_function "
        "WHERE method IN ('backoff', 'no_maximum', 'pattern', 'neither')",
    ) == {
        ("backoff", '{"max": 600, "base": 30, "policy": "exponential"}'),
        ("no_maximum", '{"max": 3600, "base": 10, "policy": "exponential"}'),
        ("pattern", '{"1": 60}'),
        ("neither", None),
    }


def _query(database: str, query: str) -> set[tuple]:
    with psycopg2.connect(dbname=database) as connection:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return set(cursor.fetchall())


def _run(odoo, command) -> None:
    done = subprocess.run(
        command, env=odoo.environment(), capture_output=True, text=True, timeout=600
    )
    assert not done.returncode, done.stderr[-3000:]
    log = done.stderr.replace("selfie_segmentation", "")
    assert not any(word in log for word in (" ERROR ", "Traceback")), log[-5000:]
