"""Adds a model to a connector: its binding, its flows, its contract test."""

from __future__ import annotations

import ast
from dataclasses import fields, replace

from ..errors import SetupError
from .connector_source import Connector
from .contract_file import contract_source
from .edits import Edits
from .names import file_name
from .odoo_models import Catalog
from .plan import FlowPlan, ModelPlan, ResourcePlan
from .render import API, api_names, call, indented, literal
from .source_edit import (
    add_import,
    add_package_import,
    append_to_manifest,
    append_to_returned_list,
    from_import,
)
from .suggestions import description, flow_for

#: Components of the library that adapters of other protocols than REST inherit.
_OTHER_ADAPTERS = {
    "base.backend.adapter",
    "base.backend.adapter.crud",
    "base.graphql.adapter",
}


def add_model(
    plan: ModelPlan, connector: Connector, catalog: Catalog, edits: Edits
) -> None:
    """Have the files of a model written.

    :raises SetupError: the model or a file is there already, or the connector has no
        place for it that is sure
    """
    check(plan, connector, edits)
    if not plan.flows:
        plan = replace(plan, flows=[flow_for(connector, plan.resource.path)])
    module = file_name(plan.model)
    folder = connector.backend_file.parent
    edits.write(folder / f"{module}.py", _binding_source(plan, connector))
    package = folder / "__init__.py"
    edits.write(package, add_package_import(edits.read(package), module))
    _add_flows(plan, connector, edits)
    _add_dependency(plan, connector, catalog, edits)
    tests = connector.folder / "tests"
    test = f"test_{module}"
    edits.write(tests / f"{test}.py", contract_source(plan, connector))
    package = tests / "__init__.py"
    edits.write(package, add_package_import(edits.read(package), test))


def check(plan: ModelPlan, connector: Connector, edits: Edits) -> None:
    """Check that a model can be added.

    :raises SetupError: it cannot
    """
    path, binding = plan.resource.path, connector.names.binding_model(plan.model)
    if not path.startswith("/"):
        raise SetupError(f"the path {path!r} must begin with a slash: /{path}")
    if binding in connector.models:
        raise SetupError(
            f"{connector.folder.name} has the model {binding} already: change it there"
        )
    others = _OTHER_ADAPTERS & connector.components
    if others and "base.rest.adapter" not in connector.components:
        raise SetupError(
            f"{connector.folder.name} has an adapter of another protocol than REST "
            f"({', '.join(sorted(others))}): add the model by hand"
        )
    module = file_name(plan.model)
    for file in (
        connector.backend_file.parent / f"{module}.py",
        connector.folder / "tests" / f"test_{module}.py",
    ):
        if edits.exists(file):
            raise SetupError(f"{file} is there already: rename it, or change it")


def _binding_source(plan: ModelPlan, connector: Connector) -> str:
    names = connector.names
    body = [
        f'_name = "{names.binding_model(plan.model)}"',
        f'_description = "{description(connector, plan.model)}"',
        f'_backend = "{connector.backend_model}"',
        f'_binds = "{plan.model}"',
        f'_bindings_field = "{names.bindings_field}"',
    ]
    if plan.integer_ids:
        body.append("_external_id_type = fields.Integer")
    resource = _resource_arguments(plan.resource)
    body.append(call("_resource = Resource(", resource, 4))
    for attribute, entries in (
        ("_import_map", plan.import_map),
        ("_export_map", plan.export_map),
    ):
        if entries is not None:
            lines = f"\n{indented(entries, 4)}" if entries else ""
            body.append(f"{attribute} = [{lines}]")
    if plan.fields:
        body += ["", *plan.fields]
    head = []
    if plan.fields or plan.integer_ids:
        head = [from_import("odoo", ["fields"]), ""]
    used = api_names(*body)
    head.append(from_import(API, ["Binding", *used]))
    top = "\n".join(head)
    title = f"class {names.binding_class(plan.model)}(Binding):"
    return f"{top}\n\n\n{title}\n{indented(body, 4)}"


def _resource_arguments(resource: ResourcePlan) -> list[str]:
    arguments = [literal(resource.path)]
    default = ResourcePlan("")
    for one in fields(resource)[1:]:
        value = getattr(resource, one.name)
        if value != getattr(default, one.name):
            source = value if one.name == "paging" else literal(value)
            arguments.append(f"{one.name}={source}")
    return arguments


def _add_flows(plan: ModelPlan, connector: Connector, edits: Edits) -> None:
    file, cls = connector.backend_file, connector.names.binding_class(plan.model)
    source = edits.read(file)
    for flow in plan.flows:
        name = flow.name
        if f'"{name}"' in source:
            name = f"{flow.direction}_{file_name(plan.model)}"
        element = _flow_source(flow, name, cls)
        added = append_to_returned_list(
            source, connector.backend_class, "_sync_flows", element
        )
        if added is None:
            raise SetupError(_how_to_add_flows(connector, element))
        source = added
    source = add_import(source, API, "Flow")
    edits.write(file, add_import(source, f".{file_name(plan.model)}", cls))


def _flow_source(flow: FlowPlan, name: str, cls: str) -> str:
    arguments = [
        literal(name),
        f"self.env._({literal(flow.label)})",
        literal(flow.direction),
        cls,
    ]
    if flow.since:
        arguments.append(f"since={literal(flow.since)}")
    # A comma follows.
    return call("Flow(", arguments, 13)


def _how_to_add_flows(connector: Connector, element: str) -> str:
    return (
        f"{connector.backend_file}: {connector.backend_class} has no _sync_flows that "
        "ends with a list of flows, to which the flow could be added. Nothing was "
        "written. Let the method end like this, then run the command again:\n\n"
        "    def _sync_flows(self):\n"
        "        return [*super()._sync_flows()]\n\n"
        f"It adds:\n\n{indented([element], 4)}"
    )


def _add_dependency(
    plan: ModelPlan, connector: Connector, catalog: Catalog, edits: Edits
) -> None:
    manifest = connector.folder / "__manifest__.py"
    addon = catalog.model(plan.model).addon
    source = edits.read(manifest)
    if addon in catalog.depends(_depends(source)):
        return
    changed = append_to_manifest(source, "depends", addon)
    if changed is None:
        raise SetupError(
            f'{manifest}: there is no list of "depends" to add {addon} to. Nothing was '
            "written: add the list, then run the command again"
        )
    edits.write(manifest, changed)


def _depends(manifest: str) -> list[str]:
    return ast.literal_eval(manifest).get("depends", [])
