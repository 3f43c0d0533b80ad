from odoo.addons.component.core import AbstractComponent


class EventListener(AbstractComponent):
    """Inherit from it, and name methods after the events to hear.

    ``_apply_on`` and ``_collection`` choose the models and the collection it listens
    to; an event fired without a collection is heard by the listeners of all.
    ``_event_priority`` orders the listeners of an event, lowest first.
    """

    _name = "base.event.listener"
    _usage = "event.listener"
    _event_priority = 10

    @classmethod
    def has_event(cls, name: str) -> bool:
        """Tell whether the listener hears an event."""
        return name in cls._events

    @classmethod
    def _build_event_listener_component(cls) -> None:
        cls._events = set()
        if not cls._abstract:
            cls._events.update(
                name
                for name in dir(cls)
                if name.startswith("on_") and callable(getattr(cls, name))
            )

    @classmethod
    def _complete_component_build(cls) -> None:
        super()._complete_component_build()
        cls._build_event_listener_component()
