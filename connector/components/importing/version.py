"""Whether a received version is the same as, or older than, the imported one."""

from __future__ import annotations

from ... import cursor_value


class VersionMixin:
    """The part of the record importer that compares versions.

    A version changes whenever the record does. If versions can be ordered, by time or
    number, an older one never replaces a newer one: webhooks arrive late, and replicas
    lag.
    """

    #: Key of the value that changes with the record: a time, a version, an etag.
    _version_key: str | None = "updated_at"
    #: How versions are ordered: ``datetime`` (ISO 8601), ``number``, or ``etag`` for
    #: unordered ones. By default detected from the value.
    _version_type: str | None = None

    def _version(self) -> str | int | float | None:
        """Return the version of the received record, ``None`` if it has none."""
        return self.record.get(self._version_key) if self._version_key else None

    def _version_text(self) -> str:
        """Return the version as the binding stores it; empty if there is none."""
        version = self._version()
        return "" if version is None or version is False else str(version)

    def _is_unchanged(self) -> bool:
        """Whether the received version is the last imported one."""
        version = self._version_text()
        return bool(version) and version == self.binding.external_version

    def _is_older(self) -> bool:
        """Whether the received version is older than the last imported one."""
        if self._version_type == "etag":
            return False
        ours = cursor_value.parse(self.binding.external_version, self._version_type)
        theirs = cursor_value.parse(self._version_text(), self._version_type)
        return bool(ours and theirs and ours.kind == theirs.kind) and (
            theirs.key < ours.key
        )
