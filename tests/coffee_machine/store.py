"""The machine's memory: three tables behind one lock."""

import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Generic, TypeVar

from . import seed
from .records import Badge, Brew, Recipe
from .settings import Settings

Record = TypeVar("Record", Recipe, Badge, Brew)

# table, id, the record or None when it was removed
Change = tuple[str, int, Recipe | Badge | Brew | None]


def _order(record) -> tuple[datetime, int]:
    return record.updated_at, record.id


class Table(Generic[Record]):
    """Records by id. Every method may be called from any thread."""

    def __init__(
        self,
        lock: AbstractContextManager,
        records: Iterable[Record],
        first_id: int,
        note: Callable[[int, Record | None], None],
    ):
        self._lock = lock
        self._note = note
        self._by_id = {record.id: record for record in records}
        self._next_id = max(self._by_id, default=first_id - 1) + 1
        self._ordered = sorted(self._by_id.values(), key=_order)

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, record_id: int) -> Record | None:
        with self._lock:
            return self._by_id.get(record_id)

    def all(self, updated_since: datetime | None = None) -> list[Record]:
        """Records by (updated_at, id); ``updated_since`` itself is included."""
        with self._lock:
            if updated_since is None:
                return list(self._ordered)
            start = bisect_left(
                self._ordered, updated_since, key=lambda record: record.updated_at
            )
            return self._ordered[start:]

    def take_id(self) -> int:
        """A new id; ids are never used twice."""
        with self._lock:
            self._next_id += 1
            return self._next_id - 1

    def put(self, record: Record) -> Record:
        with self._lock:
            self._take_out(record.id)
            self._by_id[record.id] = record
            self._next_id = max(self._next_id, record.id + 1)
            insort(self._ordered, record, key=_order)
            self._note(record.id, record)
            return record

    def remove(self, record_id: int) -> None:
        with self._lock:
            self._take_out(record_id)
            self._note(record_id, None)

    def _take_out(self, record_id):
        record = self._by_id.pop(record_id, None)
        if record is not None:
            del self._ordered[bisect_left(self._ordered, _order(record), key=_order)]


class Store:
    """``lock`` is re-entrant: hold it to read and write as one step."""

    def __init__(self, settings: Settings):
        self.lock = threading.RLock()
        self._changes: list[Change] = []
        recipes = seed.recipes(settings)
        badges = seed.badges(settings)
        brews = seed.brews(settings, recipes, badges)
        self.recipes = self._table("recipes", recipes, seed.FIRST_RECIPE)
        self.badges = self._table("badges", badges, seed.FIRST_BADGE)
        self.brews = self._table("brews", brews, seed.FIRST_BREW)

    def take_changes(self) -> list[Change]:
        """What was written since this was last asked, in order."""
        with self.lock:
            changes, self._changes = self._changes, []
            return changes

    def _table(self, name: str, records: list[Record], first_id: int) -> Table[Record]:
        def note(record_id: int, record: Record | None) -> None:
            self._changes.append((name, record_id, record))

        return Table(self.lock, records, first_id, note)
