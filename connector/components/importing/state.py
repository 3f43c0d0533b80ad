"""The state shared by the importers of one work context.

Importing a record imports its dependencies first. The state prevents an import from
re-entering a record that is already being imported, and from requesting again a record
that does not exist in the external system.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

#: Binding model and normalized external ID.
Key = tuple[str, Any]


class OneByOneError(Exception):
    """The records of a page cannot be imported together."""


def _import_one(importer: Any, external_id: Any) -> Any:
    return importer.import_one(external_id)


@dataclass
class ImportState:
    """Shared by all importers and mappers of one work context."""

    #: Importers of the records that are being imported, outermost first.
    in_progress: dict[Key, Any] = field(default_factory=dict)
    #: New records of a page that were mapped, but are not created yet.
    unsaved: set[Key] = field(default_factory=set)
    #: Why dependencies cannot be imported.
    missing: dict[Key, str] = field(default_factory=dict)
    #: Importers of the records with a deferred reference to a record.
    deferred: dict[Key, list[Any]] = field(default_factory=dict)
    #: Whether files are downloaded; not by the import preview.
    downloads: bool = True
    #: Imports a dependency; replaced by the import preview.
    import_needed: Callable[[Any, Any], Any] = _import_one

    @contextmanager
    def importing(self, key: Key, importer: Any) -> Iterator[None]:
        """Mark a record as being imported."""
        self.in_progress[key] = importer
        try:
            yield
        finally:
            del self.in_progress[key]

    def defer_until(self, key: Key) -> None:
        """Defer a reference of the record being mapped until ``key`` is imported."""
        innermost = list(self.in_progress.values())[-1]
        self.deferred.setdefault(key, []).append(innermost)


def import_state(work: Any) -> ImportState:
    """Return the state of a work context, shared with the contexts derived from it."""
    state = vars(work).get("import_state")
    if state is None:
        state = work.import_state = ImportState()
        work._propagate_kwargs.append("import_state")
    return state
