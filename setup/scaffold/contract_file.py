"""The contract test of a model."""

from __future__ import annotations

from .connector_source import Connector
from .names import short_name
from .plan import ModelPlan
from .render import call, indented, literal, mapping
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
    names = ["ConnectorCase", "FakeApi", *contracts]
    resource = plan.resource
    habits = [
        f"{key}={literal(value)}"
        for key in ("list_key", "record_key")
        if (value := getattr(resource, key))
    ]
    server = [literal(resource.path)]
    if connector.login_path:
        server.append(f"login={literal(connector.login_path)}")
    if habits:
        names.append("Habits")
        server.append(f"habits=Habits({', '.join(habits)})")
    body = [
        f'backend_model = "{connector.backend_model}"',
        f'{" = ".join(models)} = "{binding}"',
    ]
    if "import" in directions:
        body.append(mapping("unknown_value = ", plan.unknown_value, 4))
    body += ["", "def fake_server(self):"]
    body.append(indented([call("return FakeApi(", server, 8)], 4).rstrip())
    if "import" in directions:
        body += ["", "def example(self, number):"]
        body.append(indented([mapping("return ", plan.example, 8)], 4).rstrip())
    if "export" in directions:
        body += _export_hooks(plan)
    title = call(
        f"class Test{short_name(plan.model)}(", [*contracts, "ConnectorCase"], 0, ":"
    )
    return f"{from_import(_TESTS, names)}\n\n\n{title}\n{indented(body, 4)}"


def _export_hooks(plan: ModelPlan) -> list[str]:
    return [
        "",
        "def record_to_export(self):",
        f'    return self.env["{plan.model}"].create({{"name": "Ada"}})',
        "",
        "def change_to_export(self, record):",
        '    record.name = "Ada Lovelace"',
    ]
