"""The declaration of a flow, one of the synchronizations of a connector."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True)
class Flow:
    """One synchronization of a backend: its button, its schedule, its runs.

    ``name``
        must never change: schedule, runs and cursor are stored under it
    ``label``
        label of the button, for example *Import Brews*
    ``direction``
        ``import`` or ``export``
    ``model``
        the binding model, as a class or by its name
    ``since``
        query parameter that requests the changes since the last complete import of this
        flow, inclusive
    ``method``
        method of the backend that starts the flow, instead of ``_start_sync``
    ``overlap``
        how far before that time to start, for changes that the external system
        commits late: a ``timedelta``, or a number if cursor values are numbers. By
        default five minutes for dates and times. Unchanged records are not written.
    ``filters``
        additional query parameters of an import, or the domain of an export
    ``full``
        request all records each time, and import unchanged records too; such a flow has
        no cursor
    ``cursor_field``
        key of the cursor value (time of the last change) in the records of a list, by
        default the ``_version_key`` of the record importer
    ``cursor_type``
        how cursor values are compared: ``datetime`` (ISO 8601), ``number`` or
        ``text``. By default what they look like: dates and times, or numbers. What is
        neither is ignored, unless ``text`` is declared.
    ``compare_ids``
        import only deletions: read the list of all IDs, and delete in Odoo what is
        bound but missing in the complete list, as the ``record.deleter`` of the model
        does; see :mod:`.components.importing.comparer`
    ``delete_limit``
        percentage of the compared records that such a flow may delete without
        confirmation; a few records are always deleted
    ``verify_deletions``
        whether such a flow reads each missing record before it deletes it in Odoo: a
        list may lag behind, or be filtered. Required with ``filters``.

    :raise ValueError: the declaration contradicts itself
    """

    name: str
    label: str
    direction: str
    model: Any
    since: str | None = None
    method: str | None = None
    overlap: timedelta | float | None = None
    filters: dict[str, Any] | list | None = None
    full: bool = False
    cursor_field: str | None = None
    cursor_type: str | None = None
    compare_ids: bool = False
    delete_limit: float = 20
    verify_deletions: bool = True

    def __post_init__(self) -> None:
        if not isinstance(self.model, str):
            object.__setattr__(self, "model", self.model._name)
        if not self.compare_ids:
            return
        if self.direction != "import" or self.since:
            raise ValueError(
                f"Flow {self.name!r}: compare_ids requires an import of the whole "
                "list, without since."
            )
        if self.filters and not self.verify_deletions:
            raise ValueError(
                f"Flow {self.name!r}: with filters, records outside of them are "
                "missing in the list: verify_deletions is required."
            )
