"""Finds the bindings of external IDs with a plain statement.

Each import begins with this search. As jobs run with all rights, the ORM would only add
to what it costs: for one record, a fifth of all that Python does to import it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from odoo import models
from odoo.tools import SQL

if TYPE_CHECKING:
    from odoo.fields import Field
    from odoo.sql_db import BaseCursor


class BindingLookup:
    """The part of the binder that selects the IDs of bindings."""

    def select_ids(self, external_ids: list, cr: BaseCursor) -> list[int] | None:
        """Return the IDs of the bindings of some external IDs, archived ones included.

        :param external_ids: in the form in which bindings store them
        :param cr: another cursor sees what was committed since ours began
        :return: ``None`` where the ORM has to search: for users, whose access is
            limited, and for fields or searches that are not simply stored
        """
        model = self.model
        backend, external = map(
            model._fields.get, (self._backend_field, self._external_field)
        )
        if not (
            model.env.su
            and type(model)._search is models.BaseModel._search
            and _is_column(backend)
            and _is_column(external)
            # Bindings that were never exported read 0.
            and 0 not in external_ids
        ):
            return None
        if cr is model.env.cr:
            model.flush_model([backend.name, external.name])
        cr.execute(
            SQL(
                "SELECT id FROM %s WHERE %s = %s AND %s = ANY(%s)",
                SQL.identifier(model._table),
                SQL.identifier(backend.name),
                self.backend_record.id,
                SQL.identifier(external.name),
                external_ids,
            )
        )
        return [id_ for (id_,) in cr.fetchall()]


def _is_column(field: Field | None) -> bool:
    return (
        field is not None
        and field.store
        and not (field.inherited or field.company_dependent or field.translate)
        and field.type in ("char", "integer", "many2one")
    )
