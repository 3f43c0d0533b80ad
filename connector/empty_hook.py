"""Hooks of declared models that do nothing unless they are overridden."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Hook = TypeVar("Hook", bound=Callable)


def empty_hook(function: Hook) -> Hook:
    """Declare a method that need not be called unless it is overridden."""
    vars(function)["is_empty_hook"] = True
    return function


def overrides(model: Any, name: str) -> bool:
    """Whether a model has a method that does something.

    :param name: of the hook
    """
    hook = getattr(type(model), name, None)
    return hook is not None and not getattr(hook, "is_empty_hook", False)
