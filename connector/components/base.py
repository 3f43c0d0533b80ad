"""Base classes of the components that transfer records."""

from __future__ import annotations

from typing import Any

from odoo.addons.component.core import AbstractComponent


class Synchronizer(AbstractComponent):
    """Base of importers, exporters and deleters.

    Mapper, binder and adapter are looked up on first use.
    """

    _name = "base.synchronizer"
    _inherit = "base.connector"

    _base_mapper_usage = "mapper"
    _base_backend_adapter_usage = "backend.adapter"

    def __init__(self, work_context):
        super().__init__(work_context)
        self._backend_adapter = None
        self._binder = None
        self._mapper = None

    def run(self) -> Any:
        """Synchronize; subclasses take the arguments they need."""
        raise NotImplementedError

    @property
    def mapper(self) -> Any:
        """The mapper of the model."""
        if self._mapper is None:
            self._mapper = self.component(usage=self._base_mapper_usage)
        return self._mapper

    @property
    def binder(self) -> Any:
        """The binder of the model."""
        if self._binder is None:
            self._binder = self.binder_for()
        return self._binder

    @property
    def backend_adapter(self) -> Any:
        """The adapter of the model."""
        if self._backend_adapter is None:
            self._backend_adapter = self.component(
                usage=self._base_backend_adapter_usage
            )
        return self._backend_adapter


class Exporter(AbstractComponent):
    """Base of the components that send records."""

    _name = "base.exporter"
    _inherit = "base.synchronizer"
    _usage = "exporter"

    _base_mapper_usage = "export.mapper"


class Importer(AbstractComponent):
    """Base of the components that fetch records."""

    _name = "base.importer"
    _inherit = "base.synchronizer"
    _usage = "importer"

    _base_mapper_usage = "import.mapper"


class Deleter(AbstractComponent):
    """Base of the components that delete records."""

    _name = "base.deleter"
    _inherit = "base.synchronizer"
    _usage = "deleter"
