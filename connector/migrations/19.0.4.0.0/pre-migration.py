"""Rename models, fields and states; their rows are kept."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, rename_column, table_exists

MODELS = {
    "connector.backend.card": "connector.backend.overview",
    "connector.backend.gate": "connector.circuit.breaker",
    "connector.busy.alarm": "connector.queue.latency.alert",
    "connector.sync.tally": "connector.sync.counter",
}
#: By model; those of an abstract model are fields of the models that inherit it, too.
FIELDS = {
    "connector.backend.mixin": {
        "health": "circuit_state",
        "state": "connection_state",
        "state_message": "connection_message",
    },
    "connector.circuit.breaker": {
        "closed_until": "blocked_until",
        "down_since": "open_since",
        "probe_until": "probe_expires",
        "probes": "failed_probes",
    },
    "connector.queue.latency.alert": {
        "busy_interval": "latency_alert_interval",
        "busy_last": "latency_alert_last",
        "busy_minutes": "latency_alert_minutes",
    },
    "connector.sync.run": {"tally_ids": "counter_ids"},
    "queue.job": {"connector_told": "connector_failure_reported"},
}
STATES = {"draft": "not_tested", "failing": "error"}
CRON_NAMES = {
    "Connector: close ended synchronisations": "Connector: Close Finished Sync Runs",
    "Connector: start what is due": "Connector: Start Scheduled Flows",
    "Connector: tell who wants to know that Odoo is busy": (
        "Connector: Send Queue Latency Alerts"
    ),
}
RULE_NAMES = {
    "Details of synchronisations of one's companies": (
        "Connector Sync Run Line: multi-company"
    ),
    "Synchronisations of one's companies": "Connector Sync Run: multi-company",
}


def migrate(cr, version):
    if not version:
        return
    for old, new in MODELS.items():
        rename_model(cr, old, new)
    for model, names in FIELDS.items():
        for heir in heirs_of(cr, model):
            for old, new in names.items():
                rename_field(cr, heir, old, new)
    for model in heirs_of(cr, "connector.backend.mixin"):
        rename_states(cr, table_of(model))
    rename_cron(cr)
    for old, new in CRON_NAMES.items():
        name_cron(cr, old, new)
    for old, new in RULE_NAMES.items():
        cr.execute("UPDATE ir_rule SET name = %s WHERE name = %s", [new, old])


def table_of(model):
    return model.replace(".", "_")


def heirs_of(cr, model):
    """Return the names of a model and of all that inherit it."""
    cr.execute(
        """
        WITH RECURSIVE heirs(id, model) AS (
            SELECT id, model FROM ir_model WHERE model = %s
             UNION
            SELECT heir.id, heir.model
              FROM heirs
              JOIN ir_model_inherit link ON link.parent_id = heirs.id
              JOIN ir_model heir ON heir.id = link.model_id
             WHERE link.parent_field_id IS NULL
        )
        SELECT model FROM heirs
        """,
        [model],
    )
    return [name for (name,) in cr.fetchall()]


def rename_model(cr, old, new):
    cr.execute("UPDATE ir_model SET model = %s WHERE model = %s", [new, old])
    cr.execute("UPDATE ir_model_fields SET model = %s WHERE model = %s", [new, old])
    cr.execute(
        "UPDATE ir_model_fields SET relation = %s WHERE relation = %s", [new, old]
    )
    cr.execute("UPDATE ir_filters SET model_id = %s WHERE model_id = %s", [new, old])
    if table_exists(cr, table_of(old)):
        rename_table(cr, table_of(old), table_of(new))


def rename_table(cr, old, new):
    """Rename a table, and what PostgreSQL and Odoo name after it."""
    cr.execute(SQL("ALTER TABLE %s RENAME TO %s", *map(SQL.identifier, (old, new))))
    cr.execute(
        """
        SELECT conname FROM pg_constraint
         WHERE conrelid = %s::regclass AND starts_with(conname, %s)
        """,
        [new, f"{old}_"],
    )
    for (name,) in cr.fetchall():
        cr.execute(
            SQL(
                "ALTER TABLE %s RENAME CONSTRAINT %s TO %s",
                SQL.identifier(new),
                SQL.identifier(name),
                SQL.identifier(name.replace(old, new, 1)),
            )
        )
    cr.execute(
        "UPDATE ir_model_constraint SET name = replace(name, %s, %s)"
        " WHERE starts_with(name, %s)",
        [old, new, f"{old}_"],
    )
    cr.execute(
        """
        SELECT relkind, relname FROM pg_class
         WHERE relkind IN ('i', 'S') AND starts_with(relname, %s)
        """,
        [f"{old}_"],
    )
    for kind, name in cr.fetchall():
        cr.execute(
            SQL(
                "ALTER %s %s RENAME TO %s",
                SQL("SEQUENCE" if kind == "S" else "INDEX"),
                SQL.identifier(name),
                SQL.identifier(name.replace(old, new, 1)),
            )
        )


def rename_cron(cr):
    # With its server action. Data that is not updated would be made anew.
    cr.execute(
        """
        UPDATE ir_model_data
           SET name = replace(name, 'ir_cron_connector_busy',
                              'ir_cron_connector_queue_latency')
         WHERE module = 'connector' AND starts_with(name, 'ir_cron_connector_busy')
        """
    )


def name_cron(cr, old, new):
    # Updates do not write crons. They do add the translations that are missing.
    cr.execute(
        """
        UPDATE ir_act_server SET name = jsonb_build_object('en_US', %s::text)
         WHERE name ->> 'en_US' = %s
        """,
        [new, old],
    )
    cr.execute("UPDATE ir_cron SET cron_name = %s WHERE cron_name = %s", [new, old])


def rename_field(cr, model, old, new):
    # Its values and its tracking history are kept.
    cr.execute(
        "UPDATE ir_model_fields SET name = %s WHERE model = %s AND name = %s",
        [new, model, old],
    )
    table = table_of(model)
    if column_exists(cr, table, old):
        rename_column(cr, table, old, new)


def rename_states(cr, table):
    if not column_exists(cr, table, "connection_state"):
        return
    for old, new in STATES.items():
        cr.execute(
            SQL(
                "UPDATE %s SET connection_state = %s WHERE connection_state = %s",
                SQL.identifier(table),
                new,
                old,
            )
        )
