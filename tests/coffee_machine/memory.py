"""What survives a power cut: the records written and the answers given, in a file.

One line of JSON for each write, appended before the write is answered, so a write
and the answer to its idempotency key are kept together or not at all. The first
line holds the settings that the data was made from.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from . import moments
from .idempotency import Key, Responses
from .records import Badge, Brew, Recipe
from .settings import Settings
from .store import Change, Store

_RECORDS = {"recipes": Recipe, "badges": Badge, "brews": Brew}
_SEEDING = ("seed", "epoch", "recipes", "badges", "brews")


class Memory:
    """The file at ``path``; made when it is not there."""

    def __init__(self, path: Path):
        self._path = path

    def load(self, settings: Settings, store: Store, responses: Responses) -> None:
        """Bring back what was kept. Raises ValueError, OSError."""
        seeding = _plain({name: getattr(settings, name) for name in _SEEDING})
        whole = self._path.read_bytes() if self._path.exists() else b""
        if not whole:
            self._path.write_text(json.dumps(seeding) + "\n")
            return
        # A line that the power cut off was never answered.
        *lines, _cut_off = whole.split(b"\n")
        try:
            if json.loads(lines[0]) != seeding:
                raise ValueError(
                    f"{self._path} was written with another seed, epoch or other "
                    "sizes; give those again or choose another file"
                )
            for line in lines[1:]:
                _bring_back(json.loads(line), store, responses)
        except (KeyError, IndexError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"{self._path} is no memory of a machine") from error
        store.take_changes()
        with self._path.open("r+b") as file:
            file.truncate(whole.rfind(b"\n") + 1)

    def keep(
        self, changes: list[Change], response: tuple[Key, tuple[int, bytes]] | None
    ) -> None:
        """Append one write and the answer to its key, if it had one."""
        written = [
            [table, record_id, record and _plain(asdict(record))]
            for table, record_id, record in changes
        ]
        key_and_response = None
        if response:
            key, (status, body) = response
            key_and_response = [list(key), status, body.decode()]
        with self._path.open("a") as file:
            file.write(json.dumps([written, key_and_response]) + "\n")

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


def _bring_back(line, store, responses):
    written, response = line
    for table, record_id, values in written:
        if values is None:
            getattr(store, table).remove(record_id)
            continue
        for name in ("updated_at", "brewed_at"):
            if name in values:
                values[name] = moments.read(values[name])
        getattr(store, table).put(_RECORDS[table](**values))
    if response:
        key, status, body = response
        responses.known[tuple(key)] = status, body.encode()


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: moments.write(value) if isinstance(value, datetime) else value
        for name, value in values.items()
    }
