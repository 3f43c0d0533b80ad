from __future__ import annotations

from typing import Any

from ..core import Component, WorkContext
from .common import TransactionComponentRegistryCase


class RegistryCase(TransactionComponentRegistryCase):
    """Each test has a registry of its own."""

    def setUp(self) -> None:
        super().setUp()
        self._setup_registry(self)
        self.addCleanup(self._teardown_registry, self)

    def work_on(self, model_name: str = "res.partner", **kw: Any) -> WorkContext:
        """Return a work context of a new collection."""
        with self.env["collection.base"].new().work_on(model_name, **kw) as work:
            return work

    def build(self, name: str, **attributes: Any) -> None:
        """Declare and build a component for the usage ``task``."""
        declared = type(Component)(
            name,
            (Component,),
            {
                "__module__": type(self).__module__,
                "_name": name,
                "_usage": "task",
                **attributes,
            },
        )
        self._build_components(declared)
