"""Whether a received record is the same as, or older than, what is known of it."""

from __future__ import annotations

import logging
from typing import Any

from ... import cursor_value
from ..exporting.digests import UNKNOWN_VERSION

_logger = logging.getLogger(__name__)


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
        return self._compare_version(self.binding.external_version) == -1

    def _may_precede_export(self, read_now: bool) -> bool:
        """Whether what came may be from before the last export of the record.

        Of what was read in this transaction, only the version tells: a replica may lag
        behind. Had an export committed since the transaction began, the row of the
        binding could not be locked. Anything else, as the content of a webhook, may
        be of any age, and a version as coarse as a second may be that of two changes.
        """
        exported = self.binding.exported_version
        if not exported:
            return False
        order = self._compare_version(exported)
        return order == -1 if read_now else order != 1

    def _compare_version(self, version: str | None) -> int | None:
        """Return whether what came is older than a version (-1), as old (0) or newer.

        ``None`` where they are in no order.
        """
        if self._version_type == "etag":
            return None
        known = cursor_value.parse(version, self._version_type)
        received = cursor_value.parse(self._version_text(), self._version_type)
        if not (known and received and known.kind == received.kind):
            return None
        return (received.key > known.key) - (received.key < known.key)

    def version_of_response(self, record: Any) -> str:
        """Return the version in the response to a create or an update.

        :param record: what the adapter returned, often nothing
        :return: :data:`UNKNOWN_VERSION` where it has none
        """
        self.record = record
        try:
            return (record and self._version_text()) or UNKNOWN_VERSION
        except Exception:
            # It is not what a read returns; the record was written all the same.
            _logger.debug("No version in a response of %s", self._name, exc_info=True)
            return UNKNOWN_VERSION
