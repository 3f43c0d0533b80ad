"""Settings of components that the declarations of a binding model may make."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class _OfComponent:
    """Stands for a setting that is not declared: that of the component counts."""

    def __repr__(self) -> str:
        return "OF_COMPONENT"

    def __copy__(self) -> _OfComponent:
        return self

    def __deepcopy__(self, memo: dict) -> _OfComponent:
        return self


#: Default of a declaration; any other value, ``None`` included, is a setting.
OF_COMPONENT: Any = _OfComponent()


def settings(declaration: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return attributes of a component, by name, that a declaration sets.

    :param names: attributes of the declaration; the component has them with a ``_``
    """
    values = {f"_{name}": getattr(declaration, name) for name in names}
    return {key: val for key, val in values.items() if val is not OF_COMPONENT}
