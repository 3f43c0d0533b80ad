from odoo import api, fields, models


class ConnectorSyncCursor(models.Model):
    """Up to where a backend's records of a model are known.

    It is moved when a run over everything since is complete, to what the other side
    called its newest record: clocks need not agree.
    """

    _name = "connector.sync.cursor"
    _description = "Position of incremental imports"

    backend_model = fields.Char(required=True, readonly=True)
    backend_id = fields.Many2oneReference(
        model_field="backend_model", required=True, readonly=True
    )
    model = fields.Char(required=True, readonly=True)
    value = fields.Char(readonly=True)

    _one_per_flow = models.Constraint(
        "UNIQUE (backend_model, backend_id, model)",
        "A backend has one position for each model.",
    )

    @api.model
    def _of(self, backend, model: str):
        """Return the cursor of a backend's model, empty if nothing was read yet."""
        return self.sudo().search(
            [
                ("backend_model", "=", backend._name),
                ("backend_id", "=", backend.id),
                ("model", "=", model),
            ]
        )

    @api.model
    def _move(self, backend, model: str, value: str) -> None:
        """Remember ``value``, never going back."""
        cursor = self._of(backend, model)
        if not cursor:
            self.sudo().create(
                {
                    "backend_model": backend._name,
                    "backend_id": backend.id,
                    "model": model,
                    "value": value,
                }
            )
        elif not cursor.value or cursor.value < value:
            cursor.value = value
