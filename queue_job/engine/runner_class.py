"""Which class runs the jobs of a database."""

import functools

from odoo.tools import config, unique

from .. import controllers


def job_runner_class(registry) -> type:
    """Return the ``RunJobController`` of the addons that are loaded in a database.

    It is the class by which Odoo's routing would answer a request: the most derived
    one, or when several addons derive from it independently, one that inherits from
    each of them, the last addon first.
    """
    base = controllers.main.RunJobController
    modules = registry._init_modules.union(config["server_wide_modules"])
    leaves = tuple(unique(_leaves(base, modules))) or (base,)
    return leaves[0] if len(leaves) == 1 else _combined(leaves)


def _leaves(cls: type, modules: set[str]) -> list[type]:
    """Return the classes of ``modules`` below ``cls`` from which none derives."""
    found = [
        leaf
        for subclass in cls.__subclasses__()
        if _addon_of(subclass) in modules
        for leaf in _leaves(subclass, modules)
    ]
    return found or [cls]


def _addon_of(cls: type) -> str | None:
    parts = cls.__module__.split(".")
    return parts[2] if parts[:2] == ["odoo", "addons"] else None


@functools.lru_cache(maxsize=32)
def _combined(leaves: tuple[type, ...]) -> type:
    # outside of any addon, so that neither Odoo nor _leaves() take it for one of them
    return type(leaves[-1].__name__, leaves[::-1], {"__module__": "odoo.http"})
