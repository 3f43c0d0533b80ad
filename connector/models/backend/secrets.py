"""Write-only secrets of backends: written by users, read by the server only."""

from __future__ import annotations

from typing import Any

from odoo import api, models
from odoo.exceptions import UserError


class ConnectorBackend(models.AbstractModel):
    """Keeps secrets write-only, for backends with and without the mixin.

    No form, list, search, export or RPC call returns a secret, for any user. Jobs read
    them with ``sudo()``.
    """

    _inherit = "connector.backend"

    #: Write-only fields; a connector adds its own.
    _secret_fields: tuple[str, ...] = ()

    def _has_field_access(self, field, operation):
        if (
            operation == "read"
            and not self.env.su
            and field.name in self._secret_fields
        ):
            return False
        return super()._has_field_access(field, operation)

    @api.model
    def fields_get(
        self, allfields: Any = None, attributes: Any = None
    ) -> dict[str, dict[str, Any]]:
        """Describe secrets to users who may write them, so that forms contain them."""
        described = super().fields_get(allfields, attributes)
        for name in self._writable_secrets():
            if not allfields or name in allfields:
                own = self.sudo().fields_get([name], attributes)[name]
                unusable = {"searchable", "sortable", "groupable"}.intersection(own)
                described[name] = {**own, **dict.fromkeys(unusable, False)}
        return described

    def read(
        self, fields: Any = None, load: Any = "_classic_read"
    ) -> list[dict[str, Any]]:
        if not fields and self._secret_fields:
            described = self.fields_get(attributes=())
            fields = [
                name for name in described if name not in self._writable_secrets()
            ]
        return super().read(fields, load=load)

    def web_read(self, specification: Any) -> list[dict[str, Any]]:
        """Read for a form: secrets are empty, to be overwritten."""
        secrets = self._writable_secrets().intersection(specification)
        rest = {key: val for key, val in specification.items() if key not in secrets}
        return [
            {**values, **dict.fromkeys(secrets, False)}
            for values in super().web_read(rest)
        ]

    def onchange(
        self, values: Any, field_names: Any, fields_spec: Any
    ) -> dict[str, Any]:
        secrets = self._writable_secrets()
        rest = {key: val for key, val in fields_spec.items() if key not in secrets}
        return super().onchange(values, field_names, rest)

    def _writable_secrets(self) -> set[str]:
        """Return the secrets that this user can write but not read."""
        if self.env.su:
            return set()
        fields = [self._fields[name] for name in self._secret_fields]
        return {f.name for f in fields if self._has_field_access(f, "write")}

    def export_data(self, fields_to_export: Any) -> dict[str, Any]:
        secret = {name for name, f in self._fields.items() if not f.exportable}
        secret.update(self._secret_fields)
        if secret.intersection(fields_to_export):
            raise UserError(self.env._("Passwords are not exported."))
        return super().export_data(fields_to_export)
