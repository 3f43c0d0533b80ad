"""Matches new external records with existing records of Odoo."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from odoo import models

from ...exception import MappingError
from ..company import company_domain
from ..result import SyncResult


class MatchingMixin:
    """The part of the record importer that binds a new record to an existing one.

    ``_match_policy`` decides once which of the two records provides the values; the
    next import finds a binding and proceeds as usual.
    """

    #: Field that identifies an existing record of Odoo, for example ``email``.
    _match_field: str | None = None
    #: Which values a matched record keeps: ``remote``, those of the external system, or
    #: ``odoo``, Odoo's, which are then exported. Fields of the binding itself, children
    #: included, are imported in both cases.
    _match_policy = "remote"

    def _find_match(self, data: dict) -> models.BaseModel | None:
        """Return the Odoo record that matches an unbound external one, if any.

        By default the record with the same ``_match_field`` (case-insensitive) that is
        not bound to the backend, and is shared or belongs to the backend's company.

        :raises MappingError: several records match
        """
        value = data.get(self._match_field) if self._match_field else None
        if not value or not str(value).strip():
            return None
        records = self.env[self.binder.unwrap_model()]
        field = records._fields[self._match_field]
        size = getattr(field, "size", None)
        if size and len(str(value)) > size:
            # Odoo would search for the beginning of the value.
            return None
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
        """Return the values of the binding of a matched record."""
        if self._match_policy == "odoo":
            fields = self.model._fields
            data = {
                name: value
                for name, value in data.items()
                if name not in fields or not fields[name].inherited
            }
        return {**data, self.binder._odoo_field: match.id}

    def _export_match(self) -> None:
        """Export a matched record whose values in Odoo take precedence."""
        self.binding.with_context(connector_sync_run=False).delay_export()

    @cached_property
    def _has_merges(self) -> bool:
        """Whether any records of the model were ever merged in Odoo."""
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
        reason = self.env._("Merged into %s in Odoo.", record.display_name)
        return self._result("skipped", reason=reason)
