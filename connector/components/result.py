"""The result of the synchronization of one record."""

from typing import Any, NamedTuple

from odoo import models


class SyncResult(NamedTuple):
    """The result of the import or export of one record.

    ``kind`` is one of ``created``, ``updated``, ``unchanged``, ``deleted``,
    ``skipped``, ``failed``; the last three give the ``reason``.
    """

    kind: str
    external_id: Any = None
    binding: models.BaseModel | None = None
    reason: str = ""
    payload: Any = None
    #: Version of the external record, as the external system gives it.
    version: str | float | None = None
    #: Message about fields changed both in Odoo and in the external system.
    conflict: str = ""
    #: The work context of the importer or exporter.
    work: Any = None
    is_export: bool = False

    @property
    def backend(self) -> models.BaseModel | None:
        """The backend, if known."""
        if self.work:
            return self.work.collection
        return getattr(self.binding, "backend_id", None)

    @property
    def model(self) -> str | None:
        """The binding model."""
        if self.work:
            return self.work.model_name
        return self.binding._name if self.binding is not None else None
