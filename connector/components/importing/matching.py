"""A new record may be one that Odoo has already."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from odoo import models

from ...exception import MappingError
from ..company import company_domain
from ..result import SyncResult


class MatchingMixin:
    """The part of the record importer that binds a new record to one of Odoo.

    What becomes of the values where both sides have one is decided once, by
    ``_match_policy``; the next import finds a binding and is like any other.
    """

    #: Field by which a new record may be one that Odoo has already, like ``email``.
    _match_field: str | None = None
    #: Whose values a record has that was matched: ``remote``, those of the other
    #: system, or ``odoo``, Odoo's, which are then exported. Fields of the binding
    #: itself, children among them, come from the other system in both cases.
    _match_policy = "remote"

    def _find_match(self, data: dict) -> models.BaseModel | None:
        """Return the record of Odoo that an unknown external one is, if any.

        By default the one with the same ``_match_field``, in any case, that is not
        bound to the backend, and is shared or belongs to the backend's company.

        :raises MappingError: several records are
        """
        value = data.get(self._match_field) if self._match_field else None
        if not value or not str(value).strip():
            return None
        records = self.env[self.binder.unwrap_model()]
        field = records._fields[self._match_field]
        is_text = field.type in ("char", "text")
        pattern = re.sub(r"([\\%_])", r"\\\1", str(value)) if is_text else value
        domain = [(self._match_field, "=ilike" if is_text else "=", pattern)]
        found = records.search(domain + company_domain(self.backend_record, records))
        free = found.filtered(
            lambda record: not self.binder.to_external(record, wrap=True)
        )
        if len(free) > 1:
            raise MappingError(
                self.env._(
                    "Several records of %(model)s have %(field)s “%(value)s”: "
                    "%(names)s. Bind one of them, or merge them.",
                    model=records._description,
                    field=field._description_string(self.env),
                    value=value,
                    names=", ".join(free[:5].mapped("display_name")),
                )
            )
        return free or None

    def _values_of_match(self, match: models.BaseModel, data: dict) -> dict[str, Any]:
        """Return what to create the binding of a matched record with."""
        if self._match_policy == "odoo":
            fields = self.model._fields
            data = {
                name: value
                for name, value in data.items()
                if name not in fields or not fields[name].inherited
            }
        return {**data, self.binder._odoo_field: match.id}

    def _export_match(self) -> None:
        """Export a matched record whose values in Odoo are the right ones."""
        self.binding.with_context(connector_sync_run=False).delay_export()

    @cached_property
    def _has_merges(self) -> bool:
        """Whether any records of our model were ever merged in Odoo."""
        merged = self.env["connector.merged.binding"]
        return self.work.model_name in merged._merged_models()

    def _merged_result(self) -> SyncResult | None:
        if not self._has_merges:
            return None
        record = self.env["connector.merged.binding"]._merged_into(
            self.binder, self.external_id
        )
        if not record:
            return None
        reason = self.env._("It was merged into %s in Odoo.", record.display_name)
        return self._result("skipped", reason=reason)
