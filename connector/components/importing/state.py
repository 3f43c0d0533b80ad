"""What the importers of one work context know of each other.

One record leads to others: what it needs is imported before it. The state keeps an
import from coming back to a record that it has begun, and from asking again for one
that the other system does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

#: Binding model and normalized external id.
Key = tuple[str, Any]


def _import_one(importer: Any, external_id: Any) -> Any:
    return importer.import_one(external_id)


@dataclass
class ImportState:
    """Shared by all importers and mappers of one work context."""

    #: Importers of the records that were begun and are not there yet, outermost first.
    in_progress: dict[Key, Any] = field(default_factory=dict)
    #: Why records that others need cannot be had.
    missing: dict[Key, str] = field(default_factory=dict)
    #: Importers of records whose reference to a record is set once that is there.
    deferred: dict[Key, list[Any]] = field(default_factory=dict)
    #: Imports a record that another one needs; a preview has a way of its own.
    import_needed: Callable[[Any, Any], Any] = _import_one

    @contextmanager
    def importing(self, key: Key, importer) -> Iterator[None]:
        """Have a record count as begun."""
        self.in_progress[key] = importer
        try:
            yield
        finally:
            del self.in_progress[key]

    def defer_until(self, key: Key) -> None:
        """Have the record that is being mapped completed once ``key`` is there."""
        innermost = list(self.in_progress.values())[-1]
        self.deferred.setdefault(key, []).append(innermost)


def import_state(work) -> ImportState:
    """Return the state of a work context, which its further contexts share."""
    state = vars(work).get("import_state")
    if state is None:
        state = work.import_state = ImportState()
        work._propagate_kwargs.append("import_state")
    return state
