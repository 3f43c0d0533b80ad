"""The components of each database served by this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from odoo.modules.registry import Registry

if TYPE_CHECKING:
    from .registry import ComponentRegistry


class ComponentDatabases(dict[str, "ComponentRegistry"]):
    """Database name -> its ``ComponentRegistry``.

    Guarantees: a registry is published only once it is complete, in one step, and
    the former one serves until then; registries of databases that this process no
    longer serves are let go.
    """

    def publish(self, dbname: str, registry: ComponentRegistry) -> None:
        """Make a complete registry the one of a database."""
        registry.dbname = dbname
        self[dbname] = registry
        self.forget_others()

    def forget_others(self) -> None:
        """Drop what was published for databases without a model registry."""
        for dbname, registry in list(self.items()):
            if registry.dbname == dbname and dbname not in Registry.registries:
                self.pop(dbname, None)


_component_databases = ComponentDatabases()
