"""A database is as before when the addons are uninstalled, however they were used."""

from __future__ import annotations

import subprocess

import psycopg2

_INSTALLED = ["queue_job", "component", "component_event", "connector"]

_USE = """
from odoo.addons.queue_job.delay import chain

partner = env["res.partner"].create({"name": "Probe"})
chain(partner.delayable().exists(), partner.delayable().exists()).delay()
job = env["queue.job"].search([], limit=1)
job.write({"state": "failed", "exc_message": "no luck"})
job.activity_schedule("mail.mail_activity_data_todo")
root = env.ref("queue_job.channel_root")
env["queue.job.channel"].create({"name": "probe", "parent_id": root.id})
env.cr.commit()
"""

_UNINSTALL = """
modules = env["ir.module.module"].search([("name", "in", %r)])
modules.button_immediate_uninstall()
"""

#: what there is in a database, by kind
_QUERIES = {
    "function": "SELECT oid::regprocedure::text FROM pg_proc "
    "WHERE pronamespace = 'public'::regnamespace",
    "relation": "SELECT relkind::text || ' ' || relname FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace",
    "trigger": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    "type": "SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace",
    "column": "SELECT table_name || '.' || column_name FROM information_schema.columns "
    "WHERE table_schema = 'public'",
    "constraint": "SELECT conname FROM pg_constraint",
    "model": "SELECT model FROM ir_model",
    "field": "SELECT model || '.' || name FROM ir_model_fields",
    "selection": "SELECT field.model || '.' || field.name || '.' || value "
    "FROM ir_model_fields_selection one JOIN ir_model_fields field "
    "ON field.id = one.field_id",
    # Odoo leaves the ids that its own addons gave to what any model inherits from them
    "xmlid": "SELECT module || '.' || name FROM ir_model_data "
    "WHERE model != 'ir.module.module' AND (model NOT LIKE 'ir.model%' "
    "OR module IN ('queue_job', 'component', 'component_event', 'connector'))",
    "view": "SELECT model || ' ' || name FROM ir_ui_view WHERE model IS NOT NULL",
    "action": "SELECT type || ' ' || (name ->> 'en_US') FROM ir_actions",
    "menu": "SELECT name ->> 'en_US' FROM ir_ui_menu",
    "parameter": "SELECT key FROM ir_config_parameter",
    "rule": "SELECT name FROM ir_rule",
    "access": "SELECT name FROM ir_model_access",
    "group": "SELECT name ->> 'en_US' FROM res_groups",
    "message of": "SELECT DISTINCT model FROM mail_message WHERE model IS NOT NULL",
    "follower of": "SELECT DISTINCT res_model FROM mail_followers",
    "activity of": "SELECT DISTINCT res_model FROM mail_activity",
    "subtype": "SELECT name ->> 'en_US' FROM mail_message_subtype",
    "attachment of": "SELECT DISTINCT res_model FROM ir_attachment "
    "WHERE res_model IS NOT NULL",
}


def test_uninstalled_addons_leave_nothing(odoo, make_database) -> None:
    database = make_database(_INSTALLED)
    before = _contents(database)
    _run(odoo, odoo.command(database, init=_INSTALLED, stop=True))
    _run(odoo, _shell(odoo, database), _USE)
    assert _contents(database)["function"] - before["function"]
    _run(odoo, _shell(odoo, database), _UNINSTALL % _INSTALLED)

    after = _contents(database)
    left = {kind: after[kind] - before[kind] for kind in _QUERIES}
    assert {kind: sorted(names) for kind, names in left.items() if names} == {}


def _contents(database: str) -> dict[str, set[str]]:
    connection = psycopg2.connect(dbname=database)
    try:
        with connection, connection.cursor() as cursor:
            found = {}
            for kind, query in _QUERIES.items():
                cursor.execute(query)
                found[kind] = {name for (name,) in cursor.fetchall()}
            return found
    finally:
        connection.close()


def _shell(odoo, database: str) -> list:
    return [*odoo.program("shell"), f"--database={database}", "--no-http"]


def _run(odoo, command, script: str | None = None) -> None:
    done = subprocess.run(
        command,
        env=odoo.environment(),
        input=script,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert not done.returncode, done.stderr[-3000:]
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
