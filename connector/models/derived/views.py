"""Views of backends and bindings.

They extend the views of the abstract models with the fields of the connector. They have
no labels of their own: those of fields and of the abstract views are translated.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lxml import etree
from lxml.builder import E

from .kinds import backend_of, is_backend
from .own_fields import currency_fields, key_fields, own_fields

if TYPE_CHECKING:
    from odoo.fields import Field
    from odoo.models import BaseModel

    from .loader import Loader

# A view of the connector has a lower number, and is used instead.
_PRIORITY = 99
_COLUMNS = 5
_SEARCHABLE = {"char", "text", "many2one", "many2many", "selection"}


def derive_views(loader: Loader, model: BaseModel, slug: str) -> None:
    of_backend = is_backend(model)
    parent = "connector_backend" if of_backend else "connector_binding"
    archs = _backend_archs(model) if of_backend else _binding_archs(model)
    for kind, nodes in archs.items():
        loader.load(
            "ir.ui.view",
            f"{slug}_view_{kind}",
            {
                "name": f"{model._name}.{kind}",
                "model": model._name,
                "inherit_id": loader.env.ref(f"connector.view_{parent}_{kind}").id,
                "mode": "primary",
                "priority": _PRIORITY,
                "arch": etree.tostring(E.data(*nodes), encoding="unicode"),
            },
        )


def _backend_archs(model: BaseModel) -> dict[str, list]:
    secrets = set(model._secret_fields)
    shown = [field for field in own_fields(model) if field.name not in secrets]
    hidden = [field for field in own_fields(model) if field.name in secrets]
    return {
        "form": [
            E.group(*map(_secret, hidden), name="connection", position="inside"),
            E.group(*_inputs(model, shown), name="options", position="inside"),
        ],
        "list": [
            E.field(*_columns(model, shown, 0), name="location", position="after")
        ],
        "search": [E.field(*_searched(shown), name="location", position="after")],
    }


def _binding_archs(model: BaseModel) -> dict[str, list]:
    keys, own = key_fields(model), own_fields(model)
    return {
        "form": [
            *([] if _is_exported(model) else [_remove("action_export_now")]),
            E.field(
                *[E.field(name=name, readonly="1") for name in keys],
                name="sync_date",
                position="before",
            ),
            E.group(*_inputs(model, own), name="values", position="inside"),
        ],
        "list": [
            E.field(
                *[E.field(name=name) for name in keys],
                *_columns(model, own, _COLUMNS),
                name="sync_date",
                position="before",
            ),
        ],
        "search": [
            E.filter(
                *[E.field(name=name) for name in keys],
                *_searched(own),
                name="failed",
                position="before",
            ),
            E.filter(
                # labelled by the binding, in the language of the user
                E.filter(name="group_by_backend", context="{'group_by': 'backend_id'}"),
                name="group_by_sync_date",
                position="before",
            ),
        ],
    }


def _is_exported(model: BaseModel) -> bool:
    """Return whether a flow exports the bindings of this model."""
    return any(
        flow.direction == "export" and flow.model == model._name
        for flow in backend_of(model)._sync_flows()
    )


def _remove(button: str) -> etree._Element:
    return E.button(name=button, position="replace")


def _inputs(model: BaseModel, shown: list[Field]) -> Iterable[etree._Element]:
    for name in currency_fields(model, shown):
        yield E.field(name=name, invisible="1")
    for field in shown:
        yield _field(field)


def _columns(
    model: BaseModel, shown: list[Field], visible: int
) -> Iterable[etree._Element]:
    """Yield the columns of a list; the first ones are shown, the others can be."""
    for name in currency_fields(model, shown):
        yield E.field(name=name, column_invisible="1")
    for number, field in enumerate(shown):
        yield _field(field, optional="show" if number < visible else "hide")


def _searched(shown: list[Field]) -> list[etree._Element]:
    return [E.field(name=field.name) for field in shown if field.type in _SEARCHABLE]


def _field(field: Field, **attributes: str) -> etree._Element:
    if field.type == "many2many":
        attributes["widget"] = "many2many_tags"
    return E.field(name=field.name, **attributes)


def _secret(field: Field) -> etree._Element:
    return _field(field, password="True", autocomplete="new-password")
