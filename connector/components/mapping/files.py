"""Modifiers that map the address of a file to its content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...exception import MappingError
from .modifier import Modifier, Source, is_received

#: Maximum size of a file in bytes, by default.
MAX_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class FileSource:
    """Where a file is; what :func:`file` and :func:`image` map to.

    The importer replaces it by the content, see :mod:`..importing.files`.
    """

    #: Address of the file, ``None`` if the record has none.
    address: str | None
    is_image: bool = False
    max_bytes: int = MAX_BYTES
    #: The record does not tell: the field keeps its value.
    is_missing: bool = False


class _File(Modifier):
    label = "file"
    is_image = False

    def __init__(self, field: Source, max_bytes: int):
        super().__init__(field)
        self.max_bytes = max_bytes

    def __call__(self, mapper, record, to_attr):
        if isinstance(record, Mapping) and not is_received(self.field, record):
            return self._source(None, is_missing=True)
        address = self._value(mapper, record, to_attr)
        if address and not isinstance(address, str):
            raise MappingError(
                f"{self!r}: expected the address of a file for {to_attr!r}, got "
                f"{type(address).__name__}."
            )
        return self._source(address.strip() if address else None)

    def _source(self, address: str | None, **values: Any) -> FileSource:
        return FileSource(address or None, self.is_image, self.max_bytes, **values)


class _Image(_File):
    label = "image"
    is_image = True


def file(field: Source, max_bytes: int = MAX_BYTES) -> Modifier:
    """Map the address of a file to its content, for a Binary field.

    Fetched by ``generic.record.importer`` when the address changes. An empty address
    clears the field; if the key is missing, the field keeps its value.

    :param field: key of the address, or a modifier that returns it
    :param max_bytes: larger files are rejected
    """
    return _File(field, max_bytes)


def image(field: Source, max_bytes: int = MAX_BYTES) -> Modifier:
    """Map the address of an image to its content, for an Image field.

    Like :func:`file`; anything but a bitmap image that can be read is rejected.
    """
    return _Image(field, max_bytes)
