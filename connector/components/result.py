"""What became of one record in a synchronisation."""

from typing import Any, NamedTuple

from odoo import models


class SyncResult(NamedTuple):
    """The end of one record's import or export.

    ``kind`` is one of ``created``, ``updated``, ``unchanged``, ``skipped``, ``failed``;
    the last two say why in ``reason``.
    """

    kind: str
    external_id: Any = None
    binding: models.BaseModel | None = None
    reason: str = ""
    payload: Any = None
    #: How new the record is over there, as the other side says it.
    version: str | None = None
    #: Which fields were changed on both sides, and what became of them, in words.
    conflict: str = ""
    #: The work context of the importer or exporter.
    work: Any = None
    is_export: bool = False

    @property
    def backend(self) -> models.BaseModel | None:
        """The backend it was done for, as far as it is known."""
        if self.work:
            return self.work.collection
        return getattr(self.binding, "backend_id", None)

    @property
    def model(self) -> str | None:
        """The binding model it was done for."""
        if self.work:
            return self.work.model_name
        return self.binding._name if self.binding is not None else None
