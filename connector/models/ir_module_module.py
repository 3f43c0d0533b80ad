"""Translations of inherited labels.

Odoo stores labels of fields and selections per model, and translates them with the
terms of the addon that declares them: "Not Tested" on ``coffee.backend`` is declared in
``connector``, whose translations do not include that model. So the translations of the
abstract model are copied to the models that inherit it.
"""

from odoo import models
from odoo.tools import SQL

_SHARED = [
    "connector.backend.mixin",
    "connector.binding",
    "connector.coalescing.export",
    "external.binding",
]


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def _load_module_terms(self, modules, langs, overwrite=False):
        result = super()._load_module_terms(modules, langs, overwrite=overwrite)
        self._share_inherited_labels()
        return result

    def _share_inherited_labels(self) -> None:
        """Copy missing translations of labels from the abstract models."""
        for column in ("field_description", "help"):
            self.env.cr.execute(
                SQL(
                    """
                    %(heirs)s
                    UPDATE ir_model_fields own
                       SET %(column)s = shared.%(column)s || own.%(column)s
                      FROM heirs
                      JOIN ir_model_fields shared ON shared.model_id = heirs.shared
                     WHERE own.model_id = heirs.heir AND own.name = shared.name
                       AND own.%(column)s->>'en_US' = shared.%(column)s->>'en_US'
                       AND shared.%(column)s || own.%(column)s != own.%(column)s
                    """,
                    heirs=self._heirs(),
                    column=SQL.identifier(column),
                )
            )
        self.env.cr.execute(
            SQL(
                """
                %s
                UPDATE ir_model_fields_selection own
                   SET name = shared.name || own.name
                  FROM heirs
                  JOIN ir_model_fields shared_field
                       ON shared_field.model_id = heirs.shared
                  JOIN ir_model_fields_selection shared
                       ON shared.field_id = shared_field.id
                  JOIN ir_model_fields own_field
                       ON own_field.model_id = heirs.heir
                      AND own_field.name = shared_field.name
                 WHERE own.field_id = own_field.id AND own.value = shared.value
                   AND own.name->>'en_US' = shared.name->>'en_US'
                   AND shared.name || own.name != own.name
                """,
                self._heirs(),
            )
        )
        self.env["ir.model.fields"].invalidate_model(["field_description", "help"])
        self.env["ir.model.fields.selection"].invalidate_model(["name"])
        self.env.registry.clear_cache("stable")

    def _heirs(self) -> SQL:
        """Return which model inherits which, directly or indirectly."""
        return SQL(
            """
            WITH RECURSIVE heirs(shared, heir) AS (
                SELECT link.parent_id, link.model_id
                  FROM ir_model_inherit link
                  JOIN ir_model parent ON parent.id = link.parent_id
                 WHERE parent.model = ANY(%s) AND link.parent_field_id IS NULL
                 UNION
                SELECT heirs.shared, link.model_id
                  FROM heirs
                  JOIN ir_model_inherit link ON link.parent_id = heirs.heir
                 WHERE link.parent_field_id IS NULL
            )
            """,
            _SHARED,
        )
