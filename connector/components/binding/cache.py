"""A cache of bindings: each external ID is looked up once while a page is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from odoo.models import BaseModel


class BindingCache:
    """Caches the bindings found in the attribute ``binding_cache`` of the work context.

    The code that sets this attribute to a dict guarantees that no binding is deleted in
    the meantime; without it, each lookup queries the database.

    A Python base class of the binder, not a component of its own: ``base.binder`` must
    keep inheriting from ``base.connector``, as other addons rely on it.
    """

    def _search_external(self, external_id: Any):
        known = vars(self.work).get("binding_cache")
        if known is None:
            return self._query_external(external_id)
        key = (self.model._name, self.normalize_external_id(external_id))
        if key not in known:
            binding = self._query_external(external_id)
            if not binding:
                return binding
            known[key] = binding
        return self._in_our_env(known[key])

    def _cached(self, external_id: Any):
        """Return the cached binding of an ID in its normal form, the common case."""
        known = vars(self.work).get("binding_cache")
        if not known or type(external_id) not in (int, str):
            return None
        binding = known.get((self.model._name, external_id))
        return binding if binding is None else self._in_our_env(binding)

    def _in_our_env(self, binding):
        return binding if binding.env is self.env else binding.with_env(self.env)

    def add_to_cache(self, external_id: Any, binding: BaseModel) -> None:
        """Add a new binding to the cache."""
        known = vars(self.work).get("binding_cache")
        if known is not None:
            key = (self.model._name, self.normalize_external_id(external_id))
            known[key] = self._browse(self.model, binding)

    def prefetch(self, external_ids: list) -> None:
        """Look up many external IDs with one query, and cache unknown ones too."""
        known = vars(self.work).get("binding_cache")
        if known is None:
            return
        nothing = self.model.browse()
        name, normalize = self.model._name, self.normalize_external_id
        known.update({(name, normalize(key)): nothing for key in external_ids})
        model = self.model.with_context(active_test=False)
        domain = self._domain_of(external_ids)
        for binding in model.search_fetch(domain, [self._external_field]):
            external_id = binding[self._external_field]
            # An Integer field reads 0 if there is no external ID.
            if external_id or self._bound_at(binding):
                others = known.get((name, external_id))
                # A single binding is kept as it is: it is read together with all
                # others.
                known[name, external_id] = others | binding if others else binding
