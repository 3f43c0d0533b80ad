"""Whether what came of a record is the same as, or older than, what was imported."""

from __future__ import annotations

from ... import cursor_value


class VersionMixin:
    """The part of the record importer that compares versions.

    A version changes whenever the record does. Where versions can be put in order, by
    time or number, an older one never replaces a newer one: webhooks come late, and
    replicas lag behind.
    """

    #: Key of what changes whenever the record does: a time, a version, an etag.
    _version_key: str | None = "updated_at"
    #: How versions are put in order: ``datetime`` (ISO 8601), ``number``, or ``etag``
    #: for those in no order. By default what they look like.
    _version_type: str | None = None

    def _version(self) -> str | int | float | None:
        """Return the version of what came, nothing where it has none."""
        return self.record.get(self._version_key) if self._version_key else None

    def _version_text(self) -> str:
        """Return the version as the binding holds it; empty where there is none."""
        version = self._version()
        return "" if version is None or version is False else str(version)

    def _is_unchanged(self) -> bool:
        """Whether what came is what was imported last."""
        version = self._version_text()
        return bool(version) and version == self.binding.external_version

    def _is_older(self) -> bool:
        """Whether what came is older than what was imported last."""
        if self._version_type == "etag":
            return False
        ours = cursor_value.parse(self.binding.external_version, self._version_type)
        theirs = cursor_value.parse(self._version_text(), self._version_type)
        return bool(ours and theirs and ours.kind == theirs.kind) and (
            theirs.key < ours.key
        )
