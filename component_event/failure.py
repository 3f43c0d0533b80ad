"""Error messages of failed listeners."""

import inspect
from collections.abc import Callable
from typing import Any

from odoo.addons.component.source import describe


def explain(
    event: Callable, args: tuple, kwargs: dict[str, Any], error: Exception
) -> None:
    """Add a note that names the listener to the error it raised.

    :raises TypeError: instead, when the listener does not accept the arguments
    """
    if isinstance(error, TypeError) and not takes(event, args, kwargs):
        raise TypeError(wrong_signature(event, args, kwargs)) from error
    if hasattr(error, "add_note"):
        error.add_note(f"Raised by {listener_method(event)}.")


def takes(event: Callable, args: tuple, kwargs: dict[str, Any]) -> bool:
    """Return whether a listener method accepts these arguments."""
    try:
        inspect.signature(event).bind(*args, **kwargs)
    except TypeError:
        return False
    except ValueError:
        return True
    return True


def wrong_signature(event: Callable, args: tuple, kwargs: dict[str, Any]) -> str:
    """Return the message of a listener whose signature does not fit the event."""
    given = [*("..." for _arg in args), *(f"{name}=..." for name in kwargs)]
    return (
        f"{listener_method(event)}, is called with ({', '.join(given)}), which its "
        f"signature {inspect.signature(event)} does not accept."
    )


def listener_method(event: Callable, component: type | None = None) -> str:
    """Return a listener method with its component, addon and file, as text."""
    name = getattr(event, "__name__", repr(event))
    if component is None:
        component = type(getattr(event, "__self__", None))
    for declared in component.__mro__:
        if name in vars(declared):
            component_name = getattr(component, "_name", None)
            return f"{name} of listener {component_name!r}, {describe(declared)}"
    return f"listener {name}"
