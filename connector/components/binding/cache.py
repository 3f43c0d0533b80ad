"""Binders that look up each external id once, while a page is imported."""

from typing import Any


class BindingCache:
    """Remembers the bindings found, in the attribute ``binding_cache`` of the work.

    Who sets that attribute to a dict answers for it that nobody deletes the bindings
    meanwhile; without it every lookup asks the database.

    A part of the binder in Python, not an extension of the component: ``base.binder``
    goes on to inherit from ``base.connector``, as other addons know it.
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
        """Return what is known of an id that comes in its normal form, as most do."""
        known = vars(self.work).get("binding_cache")
        if not known or type(external_id) not in (int, str):
            return None
        binding = known.get((self.model._name, external_id))
        return binding if binding is None else self._in_our_env(binding)

    def _in_our_env(self, binding):
        return binding if binding.env is self.env else binding.with_env(self.env)

    def add_to_cache(self, external_id, binding) -> None:
        """Remember a binding that was just made."""
        known = vars(self.work).get("binding_cache")
        if known is not None:
            key = (self.model._name, self.normalize_external_id(external_id))
            known[key] = self._browse(self.model, binding)

    def prefetch(self, external_ids: list) -> None:
        """Look up many external ids with one query; remember which are unknown too."""
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
            # An Integer field reads 0 where there is no external id.
            if external_id or self._bound_at(binding):
                others = known.get((name, external_id))
                # As it is where it is the only one: it is read with all the others.
                known[name, external_id] = others | binding if others else binding
