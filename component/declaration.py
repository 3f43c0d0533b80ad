"""Collection of declared classes.

Python imports an addon once a process; every database that has the addon then
builds its own components from the same declared classes.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .component import AbstractComponent


def _get_addon_name(full_name: str) -> str:
    """Return the addon of a dotted Python path.

    ``odoo.addons.sale.models.order`` belongs to ``sale``; a path outside of
    ``odoo.addons`` belongs to its top-level package.
    """
    parts = full_name.split(".")
    if len(parts) > 2 and parts[:2] == ["odoo", "addons"]:
        return parts[2]
    return parts[0]


class MetaComponent(type):
    """Collect the declared classes of each addon, in the order of import.

    Classes of a ``tests`` package are not collected: tests build them explicitly.
    """

    _modules_components: dict[str, list[type[AbstractComponent]]] = defaultdict(list)
    _register: bool
    _module: str
    _apply_on: str | list[str] | tuple[str, ...] | None

    def __init__(
        cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any]
    ) -> None:
        super().__init__(name, bases, attrs)
        if not cls._register:
            cls._register = True
            return
        if "tests" in cls.__module__.split("."):
            return
        # from the class itself: a Python subclass in another addon belongs there
        if "_module" not in attrs:
            cls._module = _get_addon_name(cls.__module__)
        MetaComponent._modules_components[cls._module].append(cls)  # type: ignore[arg-type]

    @property
    def apply_on_models(cls) -> list[str] | tuple[str, ...] | None:
        """Models the component works on, ``None`` for any model."""
        if isinstance(cls._apply_on, str):
            return [cls._apply_on]
        return cls._apply_on
