"""Asks components whether they match a lookup.

The older signature of ``_component_match`` was ``(cls, work)``.
"""

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from .component import AbstractComponent

_ACCEPTS_ALL = AbstractComponent._component_match.__func__  # type: ignore[attr-defined]


def has_match_condition(component_class: type[AbstractComponent]) -> bool:
    """Return whether a component has its own match condition."""
    if callable(getattr(component_class, "_component_refusal", None)):
        return True
    match = getattr(component_class, "_component_match", None)
    return match is not None and getattr(match, "__func__", None) is not _ACCEPTS_ALL


def refusal(component_class: type[AbstractComponent], work: Any) -> str | None:
    """Return why a component refuses the work context, ``None`` if it does not."""
    get_reason = getattr(component_class, "_component_refusal", None)
    reason = get_reason(work) if callable(get_reason) else None
    return reason if isinstance(reason, str) else None


def accepts(
    component_class: type[AbstractComponent],
    work: Any,
    usage: str | None,
    model_name: str | None,
    kw: dict[str, Any],
) -> bool:
    """Return whether a component matches a lookup, called as its signature allows.

    An error raised by the component itself is never mistaken for an old signature.
    """
    if not has_match_condition(component_class):
        return True
    if refusal(component_class, work):
        return False
    match = component_class._component_match
    names = _keywords(getattr(match, "__func__", match))
    if names is None or names.issuperset({"usage", "model_name", *kw}):
        return bool(match(work, usage=usage, model_name=model_name, **kw))
    return bool(match(work))


@lru_cache(maxsize=1024)
def _keywords(function: Callable) -> frozenset[str] | None:
    """Return the keywords a function accepts, ``None`` for any."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return None
    return frozenset(
        p.name
        for p in parameters
        if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    )
