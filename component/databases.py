"""The components of each database served by this process."""

from __future__ import annotations

import logging
from typing import Any

from odoo.modules.registry import Registry

from .registry import ComponentRegistry

_logger = logging.getLogger(__name__)


class ComponentDatabases(dict[str, ComponentRegistry]):
    """Database name -> its ``ComponentRegistry``.

    Guarantees: a registry is published only once it is complete, in one step, and
    the former one serves until then; registries of databases that this process no
    longer serves are let go; nothing but registries is kept.

    Test kits of other addons put back what they saved, which may be something else:
    then the database has no components until they are built again.
    """

    def __setitem__(self, dbname: str, registry: Any) -> None:
        if isinstance(registry, ComponentRegistry):
            super().__setitem__(dbname, registry)
            return
        _logger.info(
            "Components of a database dropped, replaced by something else: "
            "database=%s type=%s",
            dbname,
            type(registry).__name__,
        )
        self.pop(dbname, None)

    def update(self, *args: Any, **kwargs: Any) -> None:
        for dbname, registry in dict(*args, **kwargs).items():
            self[dbname] = registry

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
