"""Determines the class that runs the jobs of a database."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from odoo.tools import config, unique

from .executor import JobExecutor

if TYPE_CHECKING:
    from odoo.modules.registry import Registry


def job_executor_class(registry: Registry) -> type[JobExecutor]:
    """Return the executor of the addons loaded in a database.

    It is the most derived class, or when several addons derive from one independently,
    a class that inherits from each of them, the last addon first: the class that
    Odoo's routing would use for a request to ``RunJobController``.
    """
    modules = {"queue_job", *registry._init_modules, *config["server_wide_modules"]}
    leaves = tuple(unique(_leaves(JobExecutor, modules)))
    return leaves[0] if len(leaves) == 1 else _combined(leaves)


def _leaves(cls: Any, modules: set[str]) -> list[type]:
    """Return the subclasses of ``cls`` in ``modules`` from which none derives."""
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
    # outside of any addon, so that neither Odoo nor _leaves() count it as one
    return type(leaves[-1].__name__, leaves[::-1], {"__module__": "odoo.http"})
