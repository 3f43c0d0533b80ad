"""The fields of a backend or binding that its connector adds, as views show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from odoo.models import LOG_ACCESS_COLUMNS

from .kinds import is_backend

if TYPE_CHECKING:
    from odoo.fields import Field
    from odoo.models import BaseModel

_TYPES = {
    *("boolean", "char", "date", "datetime", "float", "html", "integer"),
    *("many2many", "many2one", "monetary", "selection", "text"),
}


def own_fields(model: BaseModel) -> list[Field]:
    """Return the stored fields that the connector declares, in their order.

    Fields of other addons are left out: the derived views would break when such an
    addon is uninstalled.
    """
    base = "connector.backend.mixin" if is_backend(model) else "connector.binding"
    base = model.pool[base]
    modules = {
        parent._original_module
        for parent in model.pool.values()
        if issubclass(parent, base) and isinstance(model, parent)
    } - {base._original_module}
    known = {*base._fields, *key_fields(model), *LOG_ACCESS_COLUMNS}
    found = [
        field
        for name, field in model._fields.items()
        if name not in known
        and field.store
        and field.type in _TYPES
        and field._module in modules
        and not (field.inherited or field.related)
    ]
    return sorted(found, key=lambda field: field._sequence)


def key_fields(model: BaseModel) -> list[str]:
    """Return the fields that link a binding: bound record, backend, external ID."""
    if is_backend(model):
        return []
    bound = [*model._inherits.values()] or ["odoo_id"]
    return [
        name for name in (*bound, "backend_id", "external_id") if name in model._fields
    ]


def currency_fields(model: BaseModel, shown: list[Field]) -> list[str]:
    """Return the currency fields which amounts need and which are not shown."""
    amounts = [field for field in shown if field.type == "monetary"]
    names = {field.get_currency_field(model) for field in amounts}
    return sorted(names - {field.name for field in shown} - {None})
