from odoo import api, fields, models

from ... import cursor_value


class ConnectorSyncCursor(models.Model):
    """The cursor of a flow: the point up to which its changes are imported.

    It moves when a run over all later changes is complete, to the time that the
    external system gave for its newest record: the clocks need not agree.
    """

    _name = "connector.sync.cursor"
    _inherit = "connector.backend.reference"
    _description = "Incremental Import Cursor"
    _rec_name = "flow"

    flow = fields.Char(readonly=True)
    model = fields.Char(readonly=True)
    value = fields.Char(readonly=True)

    _one_per_flow = models.Constraint(
        "UNIQUE (backend_model, backend_id, flow)",
        "There can be only one cursor for each flow of a backend.",
    )

    @api.model
    def _of(self, backend, flow: str):
        """Return the cursor of a flow of a backend, empty if nothing was imported
        yet."""
        return self.sudo().search([*self._backend_domain(backend), ("flow", "=", flow)])

    @api.model
    def _move(self, run, kind: str | None) -> None:
        """Move the cursor to the end of a run, never backwards.

        :param kind: how values compare, see :mod:`odoo.addons.connector.cursor_value`
        """
        value = run._watermark()
        if not value:
            return
        cursor = self._of(run.backend_ref, run.flow)
        if not cursor:
            self.sudo().create(
                {
                    **self._backend_values(run.backend_ref),
                    "flow": run.flow,
                    "model": run.model,
                    "value": value,
                }
            )
        elif cursor_value.parse(cursor.value, kind):
            # If the two cannot be compared, the cursor does not move.
            cursor.value = cursor_value.latest([cursor.value, value], kind) or value
        else:
            cursor.value = value
