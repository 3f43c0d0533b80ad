import inspect
import logging

from odoo.addons.component.core import AbstractComponent

from ..failure import listener_method, takes
from ..record_events import RECORD_EVENTS
from .collecter import DEFAULT_PRIORITY

_logger = logging.getLogger(__name__)


class EventListener(AbstractComponent):
    """Base of listeners: its methods are named after the events they receive.

    ``_apply_on`` and ``_collection`` restrict the models and the collection; an event
    fired without a collection reaches the listeners of all collections.
    ``_event_priority`` orders the listeners of an event, lowest first.
    """

    _name = "base.event.listener"
    _usage = "event.listener"
    _event_priority = DEFAULT_PRIORITY

    @classmethod
    def has_event(cls, name: str) -> bool:
        """Return whether the listener has a method for an event."""
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
            cls._check_record_events()

    @classmethod
    def _check_record_events(cls) -> None:
        """Warn about methods that do not accept the arguments of their record event."""
        for name in sorted(cls._events.intersection(RECORD_EVENTS)):
            given, *keywords = RECORD_EVENTS[name]
            method = getattr(cls, name)
            if not cls._is_of_addon(name):
                continue
            args = (given,) if inspect.ismethod(method) else (cls, given)
            if not takes(method, args, dict.fromkeys(keywords)):
                _logger.warning(
                    "Listener does not accept the arguments of its event: listener=%s "
                    "arguments=(%s)",
                    listener_method(method, cls),
                    ", ".join([given, *(f"{keyword}=..." for keyword in keywords)]),
                )

    @classmethod
    def _complete_component_build(cls) -> None:
        super()._complete_component_build()
        cls._build_event_listener_component()

    @classmethod
    def _is_of_addon(cls, name: str) -> bool:
        """Return whether a method comes from an addon, not from a test."""
        return any("_module" in vars(one) for one in cls.__mro__ if name in vars(one))
