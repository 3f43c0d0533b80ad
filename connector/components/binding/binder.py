"""Binders link records of Odoo with records of the external system."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from odoo import fields, models

from odoo.addons.component.core import AbstractComponent

from .cache import BindingCache
from .external_id import ExternalIdMixin, is_external_id
from .lookup import BindingLookup

__all__ = ["AbstractComponent", "Binder"]


class Binder(BindingCache, BindingLookup, ExternalIdMixin, AbstractComponent):
    """Link records of a binding model with their external IDs.

    Serves one binding model, that of the work context, or several.
    A binding belongs to one backend; archived bindings count as well.
    """

    _name = "base.binder"
    _inherit = "base.connector"
    _usage = "binder"

    #: Field of the binding: the external ID.
    _external_field = "external_id"
    #: Field of the binding: the backend.
    _backend_field = "backend_id"
    #: Field of the binding: the bound record.
    _odoo_field = "odoo_id"
    #: Field of the binding: when it was last synchronized.
    _sync_date_field = "sync_date"

    def to_internal(self, external_id: Any, unwrap: bool = False) -> models.BaseModel:
        """Return the binding of an external ID.

        :param unwrap: return the bound record instead of its binding; also if the
            external record was merged into another one in Odoo
        :return: one record, or an empty recordset of the right model
        :raises ValueError: several bindings have the external ID
        :raises InvalidDataError: bindings cannot store such an ID
        """
        binding = self._cached(external_id)
        if binding is None and is_external_id(external_id):
            binding = self._search_external(external_id)
        if not binding:
            return self._merged(external_id) if unwrap else self.model.browse()
        if len(binding) > 1:
            raise self._several(binding, external_id)
        return self._bound(binding) if unwrap else binding

    def to_external(self, binding: models.BaseModel | int, wrap: bool = False) -> Any:
        """Return the external ID of a binding.

        :param binding: one record, or its ID
        :param wrap: ``binding`` is the bound record, not its binding
        :return: the value of the external field; ``None`` if there is no binding
        :raises ValueError: several bindings, or records
        """
        binding = self._binding(binding, wrap)
        return binding[self._external_field] if binding else None

    def bind(self, external_id: Any, binding: models.BaseModel | int) -> None:
        """Store the external ID of a binding, and the time of its synchronization.

        Does not trigger exports.

        :raises AssertionError: the external ID or the binding is missing
        :raises InvalidDataError: bindings cannot store such an ID
        """
        # Connectors and their tests expect an AssertionError; raised explicitly, so
        # that it is also checked when Python runs with -O.
        if not is_external_id(external_id):
            raise AssertionError(
                self.env._(
                    "%(value)r is not an external ID: %(binding)s cannot be bound to "
                    "it.",
                    value=external_id,
                    binding=binding,
                )
            )
        if not binding:
            raise AssertionError(
                self.env._("No binding to link with external ID %s.", external_id)
            )
        self._browse(self.model, binding).with_context(connector_no_export=True).write(
            {
                self._external_field: self.normalize_external_id(external_id),
                self._sync_date_field: fields.Datetime.now(),
            }
        )
        self.add_to_cache(external_id, binding)

    def unwrap_binding(self, binding: models.BaseModel | int) -> models.BaseModel:
        """Return the record bound by a binding.

        :raises ValueError: not exactly one binding
        """
        binding = self._browse(self.model, binding)
        binding.ensure_one()
        return self._bound(binding)

    def unwrap_model(self) -> str:
        """Return the name of the model that the binding model binds.

        :raises ValueError: the binding model binds no record
        """
        field = self.model._fields.get(self._odoo_field)
        if field is None:
            raise ValueError(
                f"Cannot unwrap model {self.model._name}: "
                f"it has no field {self._odoo_field}"
            )
        return field.comodel_name or self.model._name

    def _bound(self, binding: models.BaseModel) -> models.BaseModel:
        # Bindings that bind no other record point to their own ID.
        return binding if self._odoo_field == "id" else binding[self._odoo_field]

    def _is_bound(self, binding: models.BaseModel | int, wrap: bool = False) -> bool:
        """Whether a binding with external ID 0 was ever bound to it."""
        binding = self._binding(binding, wrap)
        return bool(binding and self._bound_at(binding))

    def _bound_at(self, binding: models.BaseModel) -> datetime | None:
        """Return when a binding was last synchronized, if known."""
        if self._sync_date_field not in binding._fields:
            return None
        return binding[self._sync_date_field] or None

    def _binding(self, binding, wrap: bool) -> models.BaseModel:
        if not wrap:
            binding = self._browse(self.model, binding)
            binding.ensure_one()
            return binding
        if isinstance(binding, models.BaseModel):
            binding = binding.ensure_one().id
        binding = self._search([(self._odoo_field, "=", binding)])
        return binding.ensure_one() if binding else binding

    def _several(self, bindings: models.BaseModel, external_id: Any) -> ValueError:
        return ValueError(
            self.env._(
                "Several records of %(model)s are bound to external ID "
                "%(external_id)s of %(backend)s (%(ids)s and perhaps more): delete "
                "the incorrect bindings.",
                model=self.model._description,
                external_id=external_id,
                backend=self.backend_record.display_name,
                ids=", ".join(map(str, bindings.ids)),
            )
        )

    def _query_external(self, external_id: Any) -> models.BaseModel:
        external_id = self.normalize_external_id(external_id)
        if type(self)._search is Binder._search:
            ids = self.select_ids([external_id], self.env.cr)
            if ids is not None:
                return self.model.browse(ids)
        domain = [(self._external_field, "=", external_id)]
        if external_id == 0 and self._sync_date_field in self.model._fields:
            # Bindings that were never exported read 0.
            domain.append((self._sync_date_field, "!=", False))
        return self._search(domain)

    def _domain_of(self, external_ids: list) -> list:
        """Return the domain of the bindings of some external IDs."""
        ids = [self.normalize_external_id(external_id) for external_id in external_ids]
        return [
            (self._backend_field, "=", self.backend_record.id),
            (self._external_field, "in", ids),
        ]

    def _search(self, domain: list) -> models.BaseModel:
        found = self.model.with_context(active_test=False).search(
            [*domain, (self._backend_field, "=", self.backend_record.id)], limit=2
        )
        # Reading a one2many of the result must not include archived records.
        return found.with_env(self.env)

    def binding_of_merged(self, external_id: Any) -> models.BaseModel:
        """Return the remaining binding of an external record that was merged in
        Odoo."""
        merged = self.env["connector.merged.binding"]._merged_into(self, external_id)
        if not merged:
            return self.model.browse()
        return self._search([(self._odoo_field, "=", merged.id)])

    def _merged(self, external_id: Any) -> models.BaseModel:
        """Return the record into which the record of an unbound external ID was
        merged."""
        if is_external_id(external_id):
            merged = self.env["connector.merged.binding"]
            if record := merged._merged_into(self, external_id):
                return record
        return self.env[self.unwrap_model()]

    @staticmethod
    def _browse(model: models.BaseModel, record) -> models.BaseModel:
        return record if isinstance(record, models.BaseModel) else model.browse(record)
