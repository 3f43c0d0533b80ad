"""Odoo's command neutralizes a database: no credentials of any connector are left."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest

from setup import databases, odoo_run

FILL = """
import base64
coffee = env["coffee.backend"].create({
    "name": "Kitchen", "location": "http://barista:SECRET@127.0.0.1:9",
    "username": "SECRET", "password": "SECRET",
})
env["connector.backend.flow"].search([]).write(
    {"scheduled": True, "next_run": "2030-01-01"})
common = {
    "webservice_password": "SECRET", "api_key": "SECRET", "pin": "1234",
    "client_id": "SECRET", "oauth_token": {"access": "SECRET"},
    "shop_secret": "SECRET", "company_token": "SECRET",
    "certificate": base64.b64encode(b"SECRET file"),
    "private_key": base64.b64encode(b"SECRET"),
    "consumer_secret": "SECRET", "warehouse_code": "W1",
    "endpoint": "https://user:SECRET@shop.example/api?a=b@c",
    "token_url": "https://shop.example/token", "auth_type": "token",
    "token_count": 3, "key_user_id": 1,
}
for model in ("vault.backend", "vault.heir"):
    for number in "12":
        env[model].create(
            {"name": "Vault " + number, "webservice_user": "SECRET" + number, **common})
vault = env["vault.backend"].search([], limit=1)
env["vault.account"].create(
    {"backend_id": vault.id, "access_token": "SECRET", "external_key": "A7"})
env["vault.stranger"].create(
    {"password": "not a backend's", "backend_id": vault.id})
env["ir.default"].set("vault.backend", "api_key", "SECRET")
env.cr.commit()
"""


@pytest.fixture(scope="module")
def database(odoo: odoo_run.Runner, postgresql) -> Iterator[str]:
    """A database with backends of every kind."""
    addons = ["connector_coffee", "test_connector"]
    name = f"suite_test_{uuid.uuid4().hex[:8]}"
    databases.create(name, odoo, addons)
    run = {"env": odoo.environment(), "check": True, "text": True, "timeout": 300}
    subprocess.run(odoo.command(name, init=addons, stop=True, log_level="warn"), **run)
    subprocess.run(
        [*odoo.program("shell"), f"--database={name}", "--no-http"], input=FILL, **run
    )
    yield name
    databases.drop(name)


@pytest.fixture(scope="module")
def neutralized(odoo: odoo_run.Runner, database: str):
    """A connection to it after ``odoo neutralize``."""
    with closing(psycopg2.connect(dbname=database)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            assert _tables_with_secret(cursor) >= {
                "coffee_backend",
                "test_connector_vault",
                "test_connector_vault_heir",
                "vault_account",
            }
        done = subprocess.run(
            [*odoo.program("neutralize"), f"--database={database}"],
            env=odoo.environment(),
            stderr=subprocess.PIPE,
            check=True,
            text=True,
            timeout=120,
        )
        assert "NOT NEUTRALIZED" not in done.stderr
        yield connection


def _tables_with_secret(cursor) -> set[str]:
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = "
        "'public'::regnamespace"
    )
    found = set()
    for (table,) in cursor.fetchall():
        cursor.execute(f'SELECT 1 FROM "{table}" t WHERE t::text LIKE %s', ["%SECRET%"])
        if cursor.fetchone():
            found.add(table)
    return found


def _rows(connection, statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_no_table_of_the_database_has_a_login_any_more(neutralized):
    with neutralized.cursor() as cursor:
        assert _tables_with_secret(cursor) == set()
    assert not _rows(
        neutralized,
        "SELECT 1 FROM ir_attachment WHERE res_model LIKE 'vault.%' "
        "AND res_field = 'certificate'",
    )
    for table in ("test_connector_vault", "test_connector_vault_heir"):
        columns = "api_key, oauth_token, private_key"
        found = _rows(neutralized, f"SELECT DISTINCT {columns} FROM {table}")
        assert found == [(None, None, None)]


def test_what_has_to_be_there_is_a_placeholder(neutralized):
    rows = _rows(
        neutralized,
        "SELECT id, webservice_user, webservice_password, client_id, pin, shop_secret "
        "FROM test_connector_vault ORDER BY id",
    )
    assert len(rows) == 2
    for number, user, password, client, pin, secret in rows:
        assert user == password == client == f"{number}-neutralized"
        assert pin == f"{number}-neutralized"[:4]
        assert secret == {}


def test_what_only_looks_like_a_secret_is_kept(neutralized):
    rows = _rows(
        neutralized,
        "SELECT DISTINCT name, endpoint, token_url, auth_type, token_count, "
        "key_user_id, settings FROM test_connector_vault ORDER BY name",
    )
    for number, row in enumerate(rows, 1):
        *values, settings = row
        assert values == [
            f"Vault {number}",
            "https://shop.example/api?a=b@c",
            "https://shop.example/token",
            "token",
            3,
            1,
        ]
        assert json.loads(settings) == {"warehouse_code": "W1"}
    assert _rows(neutralized, "SELECT external_key FROM vault_account") == [("A7",)]
    assert _rows(neutralized, "SELECT password FROM vault_stranger") == [
        ("not a backend's",)
    ]


def test_backends_are_archived_and_say_that_they_are_neutralized(neutralized):
    assert _rows(
        neutralized,
        "SELECT active, connection_state, username, password, location"
        " FROM coffee_backend",
    ) == [(False, "neutralized", None, None, "http://127.0.0.1:9")]
    assert _rows(neutralized, "SELECT DISTINCT active FROM test_connector_vault") == [
        (False,)
    ]


def test_no_flow_starts_by_itself(neutralized):
    flows = _rows(neutralized, "SELECT scheduled, next_run FROM connector_backend_flow")
    assert flows, "there are some"
    assert set(flows) == {(False, None)}
