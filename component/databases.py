"""Component registries of the databases served by this process."""

from __future__ import annotations

import logging
from typing import Any

from odoo.modules.registry import Registry

from .registry import ComponentRegistry

_logger = logging.getLogger(__name__)


class ComponentDatabases(dict[str, ComponentRegistry]):
    """Database name -> ``ComponentRegistry``.

    A registry replaces the previous one in a single step, once it is complete.
    Registries of databases that this process no longer serves are removed. Only
    registries are stored.

    Test kits of other addons restore what they saved, which may be something else:
    the database then has no components until they are built again.
    """

    def __setitem__(self, dbname: str, registry: Any) -> None:
        if isinstance(registry, ComponentRegistry):
            super().__setitem__(dbname, registry)
            return
        _logger.info(
            "Components dropped, the value assigned is no registry: "
            "database=%s type=%s",
            dbname,
            type(registry).__name__,
        )
        self.pop(dbname, None)

    def update(self, *args: Any, **kwargs: Any) -> None:
        for dbname, registry in dict(*args, **kwargs).items():
            self[dbname] = registry

    def publish(self, dbname: str, registry: ComponentRegistry) -> None:
        """Set the registry of a database."""
        registry.dbname = dbname
        self[dbname] = registry
        self.forget_others()

    def forget_others(self) -> None:
        """Remove the registries of databases without a model registry."""
        for dbname, registry in list(self.items()):
            if registry.dbname == dbname and dbname not in Registry.registries:
                self.pop(dbname, None)


_component_databases = ComponentDatabases()
