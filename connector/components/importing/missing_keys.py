"""A key missing in a received record is not the same as an empty value."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property


class MissingKeysMixin:
    """The part of the record importer that tracks which mapped keys were received.

    Vendors rename keys, and developers mistype them. A field whose ``direct`` source is
    missing in a record keeps its value, or gets its default; a key that was missing in
    all records is reported once. If a system omits empty values, the source is declared
    as ``optional("phone")``, and a missing key clears the field.
    """

    #: Number of records mapped so far, and of those without a key.
    mapped_records = 0
    _missing_keys: dict[str, int]

    def _without_missing(self, map_record, values: dict) -> dict:
        """Return the values of a record, without those of missing keys."""
        record = map_record.source
        if not isinstance(record, Mapping):
            return values
        self.mapped_records += 1
        missing = {
            target: source
            for source, target in self._plain_sources
            if source not in record
        }
        if not missing:
            return values
        for source in missing.values():
            self._missing_keys[source] = self._missing_keys.get(source, 0) + 1
        return {
            name: value
            for name, value in values.items()
            if value is not False or name not in missing
        }

    @cached_property
    def _plain_sources(self) -> list[tuple[str, str]]:
        return [pair for pair in self.mapper.direct if isinstance(pair[0], str)]

    def missing_key_texts(self) -> list[str]:
        """Return the messages about keys that no record had."""
        return [
            self.env._(
                "None of the received records has the key “%(key)s”: %(field)s keeps "
                "its value. Check the name of the key in the mapper, or use "
                "optional(%(key)r).",
                key=key,
                field=self._field_of(key),
            )
            for key, count in sorted(self._missing_keys.items())
            if count == self.mapped_records
        ]

    def _field_of(self, key: str) -> str:
        targets = {target for source, target in self.mapper.direct if source == key}
        fields = self.model._fields
        return ", ".join(
            fields[name]._description_string(self.env) if name in fields else name
            for name in sorted(targets)
        )
