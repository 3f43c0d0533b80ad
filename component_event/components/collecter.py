from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from odoo.addons.component.cache import LookupCache
from odoo.addons.component.core import Component, ComponentRegistry

from ..collected import CollectedEvents
from ..record_events import RECORD_EVENTS

if TYPE_CHECKING:
    from odoo.addons.component.core import AbstractComponent

DEFAULT_EVENT_CACHE_SIZE = 512
DEFAULT_PRIORITY = 10


class EventCollecter(Component):
    """Finds the listener methods of an event.

    The results are cached on the built class, hence per database, until the component
    registry is rebuilt. Tests that add a listener after an event was fired call
    ``_cache.clear()`` on the collecter and on the registry.
    """

    _name = "base.event.collecter"

    @classmethod
    def _complete_component_build(cls) -> None:
        super()._complete_component_build()
        cls._cache = LookupCache(DEFAULT_EVENT_CACHE_SIZE)
        cls._collects_by_lookup = all(
            getattr(cls, name) is getattr(EventCollecter, name)
            for name in ("_collect_events", "_collect_events_cached", "collect_events")
        )

    def _collect_events(self, name: str) -> dict[type[AbstractComponent], set[str]]:
        collection_name = None
        if self.work._collection is not None:
            collection_name = self.work.collection._name
        return self._collect_events_cached(collection_name, self.work.model_name, name)

    def _collect_events_cached(
        self, collection_name: str | None, model_name: str, name: str
    ) -> dict[type[AbstractComponent], set[str]]:
        key = (collection_name, model_name, name)
        found = self._cache.get(key)
        if found is None:
            listeners = self.work.components_registry.lookup(
                collection_name=collection_name,
                usage="event.listener",
                model_name=model_name,
            )
            matching = [listener for listener in listeners if listener.has_event(name)]
            matching.sort(key=_priority)
            found = self._cache[key] = {listener: {name} for listener in matching}
        return found

    @classmethod
    def _listened_record_events(
        cls, components_registry: ComponentRegistry, model_name: str
    ) -> frozenset[str]:
        """Find and cache the record events that have a listener on a model.

        All of them, where another addon overrides the collection of events.
        """
        if not cls._collects_by_lookup:
            return frozenset(RECORD_EVENTS)
        listeners = components_registry.lookup(
            usage="event.listener", model_name=model_name
        )
        listened = cls._cache[model_name] = frozenset(
            name
            for name in RECORD_EVENTS
            if any(listener.has_event(name) for listener in listeners)
        )
        return listened

    def _init_collected_events(
        self, class_events: dict[type[AbstractComponent], set[str]]
    ) -> list[Callable]:
        events: list[Callable] = []
        for listener_class, names in class_events.items():
            listener = listener_class(self.work)
            events.extend(getattr(listener, name) for name in sorted(names))
        return events

    def collect_events(self, name: str) -> CollectedEvents:
        """Return the listener methods of an event, ready to be notified.

        Listeners are called by ``_event_priority``, lowest first, then in order of
        registration.

        :raises ValueError: the name does not start with ``on_``
        """
        if not name.startswith("on_"):
            raise ValueError(f"The name of an event must start with on_: {name!r}")
        return CollectedEvents(self._init_collected_events(self._collect_events(name)))


def _priority(listener: type[AbstractComponent]) -> int:
    return getattr(listener, "_event_priority", DEFAULT_PRIORITY)
