from __future__ import annotations

from odoo import models

from odoo.addons.component.core import ComponentRegistry, _component_databases

from ..components.defaults import build_defaults, build_listener
from ..components.mapping.declared import declared_entries
from ..declaration_check import check_declarations


class ComponentBuilder(models.AbstractModel):
    """Builds the default components of backends that opt in."""

    _inherit = "component.builder"

    def _register_hook(self) -> None:
        super()._register_hook()
        check_declarations(self.env)

    def load_components(
        self, module: str, components_registry: ComponentRegistry | None = None
    ) -> None:
        super().load_components(module, components_registry=components_registry)
        if components_registry is None:
            components_registry = _component_databases[self.env.cr.dbname]
        for name in self.pool:
            model = self.env[name]
            if model._original_module != module or model._abstract:
                continue
            if getattr(model, "_connector_defaults", False):
                build_defaults(components_registry, model)
            if declared_entries(type(model), "_export_map") and model._export_on_change:
                build_listener(components_registry, model)
