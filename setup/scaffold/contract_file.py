"""The contract test of a model; most of it follows from the declarations."""

from __future__ import annotations

from .connector_source import Connector
from .names import short_name
from .plan import ModelPlan
from .render import call, indented, mapping
from .source_edit import from_import

_TESTS = "odoo.addons.connector.tests.common"


def contract_source(plan: ModelPlan, connector: Connector) -> str:
    """Return the source of a test that inherits the contracts of the flows."""
    directions = {flow.direction for flow in plan.flows}
    contracts = [
        f"{direction.capitalize()}Contract"
        for direction in ("import", "export")
        if direction in directions
    ]
    models = [f"{one}_model" for one in ("import", "export") if one in directions]
    binding = connector.names.binding_model(plan.model)
    names = ["ConnectorCase", *contracts]
    body = [f'{" = ".join(models)} = "{binding}"']
    if plan.unknown_value:
        body.append(mapping("unknown_value = ", plan.unknown_value, 4))
    title = call(
        f"class Test{short_name(plan.model)}(", [*contracts, "ConnectorCase"], 0, ":"
    )
    return f"{from_import(_TESTS, names)}\n\n\n{title}\n{indented(body, 4)}"
