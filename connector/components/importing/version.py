"""Whether a received record is the same as, or older than, what is known of it."""

from __future__ import annotations

import logging
from typing import Any

from ... import cursor_value
from ..exporting.digests import UNKNOWN_VERSION, digest

_logger = logging.getLogger(__name__)

#: Types of versions of which none is newer than another.
UNORDERED = ("etag", "content")


class VersionMixin:
    """The part of the record importer that compares versions.

    A version changes whenever the record does. If versions can be ordered, by time or
    number, an older one never replaces a newer one: webhooks arrive late, and replicas
    lag.
    """

    #: Key of the value that changes with the record: a time, a version, an etag.
    _version_key: str | None = "updated_at"
    #: How versions are ordered: ``datetime`` (ISO 8601), ``number``, or ``etag`` for
    #: unordered ones. By default detected from the value. ``content``: the version is a
    #: digest of what is mapped of the record, for systems without a usable version.
    _version_type: str | None = None

    def _version(self) -> str | int | float | None:
        """Return the version of the received record, ``None`` if it has none."""
        if self._version_type == "content":
            return digest(self._content())
        return self.record.get(self._version_key) if self._version_key else None

    def _version_text(self) -> str:
        """Return the version as the binding stores it; empty if there is none."""
        version = self._version()
        return "" if version is None or version is False else str(version)

    def _is_unchanged(self) -> bool:
        """Whether the received version is the last imported one."""
        version = self._version_text()
        if not version or version != self.binding.external_version:
            return False
        exported = self.binding.exported_version
        # The hash of the content is the last imported one again where the external
        # system has undone an export.
        return not exported or exported == version or self._is_ordered(version)

    def _is_older(self) -> bool:
        """Whether the received version is older than the last imported one."""
        return self._compare_version(self.binding.external_version) == -1

    def _may_precede_export(self, read_now: bool) -> bool:
        """Whether the record may date from before its last export.

        :param read_now: the record was read in this transaction. Then only its version
            matters, as a replica may lag behind: had an export committed since the
            transaction started, locking the row of the binding would fail. Any other
            record, such as the content of a webhook, may be of any age; and if versions
            are as coarse as a second, two changes may share one.
        """
        exported = self.binding.exported_version
        if not exported:
            return False
        order = self._compare_version(exported)
        return order == -1 if read_now else order != 1

    def _is_ordered(self, version: str) -> bool:
        """Whether it can be told which of two such versions is newer."""
        if self._version_type in UNORDERED:
            return False
        return cursor_value.parse(version, self._version_type) is not None

    def _compare_version(self, version: str | None) -> int | None:
        """Compare the received version: -1 if older than ``version``, 0 if equal, 1 if
        newer, ``None`` if they are unordered."""
        if self._version_type in UNORDERED:
            return None
        known = cursor_value.parse(version, self._version_type)
        received = cursor_value.parse(self._version_text(), self._version_type)
        if not (known and received and known.kind == received.kind):
            return None
        return (received.key > known.key) - (received.key < known.key)

    def version_of_response(self, record: Any) -> str:
        """Return the version in the response to a create or an update.

        :param record: what the adapter returned, often ``None``
        :return: :data:`UNKNOWN_VERSION` if it has none
        """
        try:
            self.receive(record)
            return (record and self._version_text()) or UNKNOWN_VERSION
        except Exception:
            # Not the format of a read; the record was written all the same.
            _logger.debug("No version in a response of %s", self._name, exc_info=True)
            return UNKNOWN_VERSION
