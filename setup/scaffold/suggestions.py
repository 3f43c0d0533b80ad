"""What is plausible to map of a model about whose external records nothing is known."""

from __future__ import annotations

import re
from typing import Any

from .connector_source import Connector
from .names import short_name
from .odoo_models import Catalog, OdooField, OdooModel
from .plan import FlowPlan, ModelPlan, ResourcePlan

_TEXT = '(key("{0}") >> str.strip, "{0}"),', 7
_NUMBER = '(key("{0}") >> float, "{0}"),', "many"
#: How a field is mapped, and a value that is rejected, by its type.
_MAPPED: dict[str, tuple[str, Any]] = {
    **dict.fromkeys(("Char", "Text", "Html"), _TEXT),
    **dict.fromkeys(("Integer", "Float", "Monetary"), _NUMBER),
    "Date": ('(parse_date("{0}"), "{0}"),', "soon"),
    "Datetime": ('(parse_datetime("{0}"), "{0}"),', "soon"),
}


def suggest(
    catalog: Catalog, connector: Connector, model: OdooModel, path: str
) -> tuple[ModelPlan, list[str]]:
    """Return how to import a model from a path, and the fields that are left to map.

    Its name and its required fields are mapped from keys of the same names; what
    relations and selections are mapped from is left to the author, as comments.
    """
    lines: list[str] = []
    unknown: dict[str, Any] = {}
    left = []
    name = _name_field(catalog, model)
    required = {one.name: one for one in model.to_give() if one.type != "Boolean"}
    for one in {**({"name": name} if name else {}), **required}.values():
        if one.type not in _MAPPED:
            left.append(one)
            continue
        line, rejected = _MAPPED[one.type]
        lines.append(line.format(one.name))
        unknown = unknown or {one.name: rejected}
    if left:
        lines.append(f"# {model.name} requires:")
        lines += [f"# {_proposal(connector, one)}" for one in left]
    plan = ModelPlan(
        model.name,
        ResourcePlan(path),
        import_map=lines,
        flows=[flow_for(connector, path)],
        unknown_value=unknown,
    )
    return plan, [one.name for one in left]


def flow_for(connector: Connector, path: str) -> FlowPlan:
    """Return an import of a path, named after the last part of it."""
    words = [part for part in path.split("/") if part and not part.startswith("{")]
    name = re.sub(r"\W+", "_", words[-1]).strip("_").lower() if words else "records"
    label = name.replace("_", " ").title()
    return FlowPlan(f"import_{name}", f"Import {label}", since=connector.since)


def _name_field(catalog: Catalog, model: OdooModel) -> OdooField | None:
    """Return the field ``name``, also of a model that is inherited by delegation."""
    found = model.fields.get("name")
    if found:
        return None if found.computed else found
    for parent in model.parents:
        if found := _name_field(catalog, catalog.model(parent)):
            return found
    return None


def _proposal(connector: Connector, one: OdooField) -> str:
    """Return the entry of a map that an author has to complete."""
    key = one.name.removesuffix("_id")
    if one.type == "Selection":
        return f'(key("{key}") >> value_map({{}}), "{one.name}"),'
    if one.comodel:
        binding = connector.names.binding_model(one.comodel)
        if binding in connector.models:
            return f'(bound("{key}", "{binding}"), "{one.name}"),'
        return f'("{key}" >> search_by("{one.comodel}", "name"), "{one.name}"),'
    return f'("{key}", "{one.name}"),  # {one.type}'


def description(connector: Connector, model: str) -> str:
    """Return what a binding of a model is called: ``Tea Sale Order``."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", short_name(model))
    return f"{connector.names.title} {words}"
