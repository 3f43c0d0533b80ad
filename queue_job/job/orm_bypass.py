"""Decides whether writing rows with SQL is equivalent to writing them with the ORM.

Other addons may extend ``queue.job``: override ``create`` or ``write``, add fields with
defaults, constraints, automation. As soon as one of them would miss a change, jobs are
stored through the ORM. The classes are inspected at the time of the write, so a method
replaced by a test counts too.
"""

from __future__ import annotations

import functools
import weakref
from typing import TYPE_CHECKING, Any

from .states import FAILED

if TYPE_CHECKING:
    from odoo.models import BaseModel

#: Addons whose ``create`` and ``write`` do nothing for a job's row.
_NEUTRAL_ADDONS = {"base", "mail", "queue_job"}


def can_insert_with_sql(model: BaseModel, settings: Any) -> bool:
    """Tell whether rows may be created by INSERT."""
    return not settings.foreign_fields and _are_neutral(model, ("create", "_create"))


def stores_own_values(job_class: Any) -> bool:
    """Tell whether the values of a row are computed as in :mod:`.storage`."""
    return job_class._store_values.__module__ == f"{__package__}.storage"


def can_update_with_sql(record: BaseModel, values: dict) -> bool:
    """Tell whether ``values`` may be written by UPDATE.

    A failure is announced and a changed error message is tracked by the chatter, so
    these always go through the ORM.
    """
    return (
        values.get("state") != FAILED
        and "exc_message" not in values
        and _are_neutral(record, ("write", "_write"))
        and not record._storing_settings().foreign_dependents
        and all(
            name in record._fields and record._fields[name].column_type
            for name in values
        )
    )


#: class of the registry -> (its mro, {method name: classes that define it})
_definers: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()


def _are_neutral(model, method_names) -> bool:
    neutral = _NEUTRAL_ADDONS | model._neutral_addons()
    cls = type(model)
    for name in method_names:
        # also one that was set on the registry class later
        if not _is_of(cls.__dict__.get(name), neutral):
            return False
        for definer in _classes_with(cls, name):
            if not _is_of(definer.__dict__.get(name), neutral):
                return False
    return True


def _classes_with(cls, method_name: str) -> list:
    mro, classes = _definers.get(cls, (None, {}))
    if mro is not cls.__mro__:
        classes = {}
        _definers[cls] = (cls.__mro__, classes)
    if method_name not in classes:
        classes[method_name] = [c for c in cls.__mro__ if method_name in c.__dict__]
    return classes[method_name]


def _is_of(method, addons: set) -> bool:
    """Tell whether a method, if any, belongs to Odoo itself or to one of the addons."""
    if method is None:
        return True
    addon = _addon_of(getattr(method, "__module__", None) or "")
    return addon is None or addon in addons


@functools.lru_cache(maxsize=256)
def _addon_of(module: str) -> str | None:
    """Return the addon of a module, None for Odoo itself, "" for anything else."""
    if module.startswith("odoo.addons."):
        return module.split(".", 3)[2]
    return None if module.startswith(("odoo.orm.", "odoo.models")) else ""
