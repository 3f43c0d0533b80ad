"""Assign runs and cursors to flows, which are known once all connectors are loaded."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    if version:
        give_flows(api.Environment(cr, SUPERUSER_ID, {}))


def give_flows(env):
    """Assign the cursors of a model, and the runs, to their flow.

    A cursor is assigned to the first incremental flow; one without such a flow is
    deleted, so that nothing is missed.
    """
    runs = env["connector.sync.run"]
    for name, _label in runs._select_backend():
        backends = env[name].with_context(active_test=False)
        for backend in backends.search([]):
            for flow in getattr(backend, "_sync_flows", list)():
                own = [
                    ("backend_model", "=", name),
                    ("backend_id", "=", backend.id),
                    ("model", "=", flow.model),
                    ("flow", "=", False),
                ]
                runs.search([*own, ("direction", "=", flow.direction)]).flow = flow.name
    cursors = env["connector.sync.cursor"].search([("flow", "=", False)])
    for cursor in cursors:
        flow = _flow_of(env, cursor)
        if flow:
            cursor.flow = flow.name
        else:
            cursor.unlink()


def _flow_of(env, cursor):
    if cursor.backend_model not in env:
        return None
    backend = env[cursor.backend_model].browse(cursor.backend_id).exists()
    flows = (backend and getattr(backend, "_sync_flows", list)()) or []
    return next(
        (
            flow
            for flow in flows
            if (flow.direction, flow.model) == ("import", cursor.model) and flow.since
        ),
        None,
    )
