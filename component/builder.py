from __future__ import annotations

import logging
from collections.abc import Iterable

from odoo import models
from odoo.modules.module_graph import ModuleGraph

from .core import (
    DEFAULT_CACHE_SIZE,
    ComponentRegistry,
    MetaComponent,
    _component_databases,
)

_logger = logging.getLogger(__name__)


class ComponentBuilder(models.AbstractModel):
    """Builds the components of a database when its model registry is loaded.

    Each build fills a new registry, which replaces the current one in a single step
    when it is complete. Other processes build their own when Odoo signals them to
    reload.
    """

    _name = "component.builder"
    _description = "Component Builder"

    _components_registry_cache_size = DEFAULT_CACHE_SIZE

    def _register_hook(self) -> None:
        super()._register_hook()
        registry = self._new_registry()
        self.build_registry(registry)
        registry.ready = True
        _component_databases.publish(self.env.cr.dbname, registry)

    def _new_registry(self) -> ComponentRegistry:
        return ComponentRegistry(cachesize=self._components_registry_cache_size)

    def _init_global_registry(self) -> ComponentRegistry:
        """Publish an empty registry for the database, and return it.

        It is not ready: the caller fills it, then sets ``ready``.
        """
        registry = self._new_registry()
        _component_databases.publish(self.env.cr.dbname, registry)
        return registry

    def build_registry(
        self,
        components_registry: ComponentRegistry,
        states: Iterable[str] | None = None,
        exclude_addons: Iterable[str] | None = None,
    ) -> None:
        """Build the components of the addons of the database into a registry.

        :param states: module states to include, by default ``installed`` and
            ``to upgrade``
        :param exclude_addons: addons to skip, together with their dependents
        :raises TypeError: a declaration cannot be built
        """
        excluded = set(exclude_addons or ())
        self.env.cr.execute(
            "SELECT name FROM ir_module_module WHERE state IN %s",
            [tuple(states or ("installed", "to upgrade"))],
        )
        names = [name for (name,) in self.env.cr.fetchall() if name not in excluded]
        graph = ModuleGraph(self.env.cr)
        graph.extend(names)
        for node in graph:
            self.load_components(node.name, components_registry=components_registry)
        if not excluded and states is None:
            self._warn_left_out([name for name in names if name not in graph])

    def _warn_left_out(self, addons: list[str]) -> None:
        """Log the installed addons whose components could not be built."""
        left_out = [
            name for name in addons if MetaComponent._modules_components.get(name)
        ]
        if left_out:
            _logger.warning(
                "Components skipped, a dependency is missing or not in addons_path: "
                "addons=%s database=%s",
                ",".join(sorted(left_out)),
                self.env.cr.dbname,
            )

    def load_components(
        self, module: str, components_registry: ComponentRegistry | None = None
    ) -> None:
        """Build the components of one addon.

        :param module: technical name of the addon
        :param components_registry: registry to build into, by default that of the
            database
        """
        if components_registry is None:
            components_registry = _component_databases[self.env.cr.dbname]
        components_registry.load_components(module)
