"""The data of one record during its import."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from odoo import models

from ..result import SyncResult
from .state import Key


@dataclass
class ImportContext:
    """The data of one record, passed from step to step of the record importer.

    ``new_context`` makes it; ``open_record`` fills in ``record`` and ``binding``, or
    ``result`` if there is nothing more to do; ``prepare_record`` maps and fills in
    ``kind`` and ``values``; ``save_record`` or ``save_records`` writes them;
    ``finish_record`` returns the result.
    """

    external_id: Any = None
    key: Key | None = None
    #: The record that is mapped, parsed from the received one.
    record: dict | None = None
    #: Whether a given record was read in this transaction, such as one of a list.
    read_now: bool = False
    #: The record as it was received.
    received: dict | None = None
    binding: models.BaseModel | None = None
    #: ``created``, ``updated`` or ``unchanged``.
    kind: str = ""
    #: What the mapper returned for an existing binding.
    mapped: dict = field(default_factory=dict)
    #: What is to be created or written.
    values: dict = field(default_factory=dict)
    #: Why the record does not exist in the external system, empty if it does.
    missing_reason: str = ""
    #: Fields that keep their value in Odoo, because its export is pending.
    kept: set[str] = field(default_factory=set)
    #: Message: which fields were changed both in Odoo and in the external system.
    conflict: str = ""
    #: Which files could not be fetched, and why.
    file_errors: list[str] = field(default_factory=list)
    #: Whether the record was matched with one whose values in Odoo are exported.
    odoo_wins: bool = False
    #: The result, once no further step is needed.
    result: SyncResult | None = None


def context_attribute(name: str) -> property:
    """Return a property of an importer that is an attribute of its context."""

    def read(importer: Any) -> Any:
        return getattr(importer.context, name)

    def assign(importer: Any, value: Any) -> None:
        setattr(importer.context, name, value)

    return property(read, assign)
