"""What a connector declares of each of its synchronisations."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True)
class Flow:
    """One thing a backend synchronises: its button, its schedule, its runs.

    ``name``
        never changes: schedule, runs and cursor are kept under it
    ``label``
        what the button says, like *Import brews*
    ``direction``
        ``import`` or ``export``
    ``model``
        the binding model
    ``since``
        query parameter that asks for what changed since the last complete import of
        this flow, that moment included
    ``method``
        of the backend, to start it otherwise than by its ``_start_sync``
    ``overlap``
        how far before that moment to ask again, for what the other system commits
        late: a ``timedelta``, or a number where moments are numbers. By default five
        minutes, for dates and times. Records that did not change cost no write.
    ``filters``
        more query parameters of an import, or the domain of an export
    ``full``
        ask for everything each time, and import records that seem unchanged too; such
        a flow has no cursor
    ``cursor_field``
        key of the cursor value (time of the last change) in the records of a list, by
        default the ``_version_key`` of the record importer
    ``cursor_type``
        how cursor values are compared: ``datetime`` (ISO 8601), ``number`` or
        ``text``. By default what they look like: dates and times, or numbers. What is
        neither is ignored, unless ``text`` is declared.
    """

    name: str
    label: str
    direction: str
    model: str
    since: str | None = None
    method: str | None = None
    overlap: timedelta | float | None = None
    filters: dict[str, Any] | list | None = None
    full: bool = False
    cursor_field: str | None = None
    cursor_type: str | None = None
