"""Stores a failure, in an environment that may be broken.

While a job waits, its user may be deleted, its language deactivated, its company
removed; an override that notifies users may raise. The failure is stored nevertheless,
with its message, date and location, and the on-fail method is called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from odoo import SUPERUSER_ID

from ...job import text
from ...job.fields import ERROR_TEXTS
from . import sql
from .environment import bound_to, usable_env
from .job_code import raised_by

if TYPE_CHECKING:
    from odoo.api import Environment
    from odoo.sql_db import Cursor

    from ...job import Job


def failure_values(
    raised: BaseException, traceback: str, lang: str | None = None
) -> dict:
    """Return what is stored about a job that raised this: ``exc_info``, ``exc_name``
    and ``exc_message``, in the language ``lang``."""
    name, message = text.name_of(raised), text.message_of(raised, lang)
    if not isinstance(raised, Exception):
        # such as the 1 of SystemExit
        message = f"The job raised {name}: {message}" if message else name
    return {
        "exc_info": traceback,
        "exc_name": name,
        "exc_message": message,
    }


class Failure:
    """One failure of a job, and the ways to write it, tried one after the other.

    ``values``: exc_info, exc_name and exc_message; errors while writing them are
    appended to exc_info.
    """

    def __init__(self, job: Job, values: dict) -> None:
        self._job = job
        self._values = _storable(values)
        self._notes: list[str] = []
        self._ways: list[Callable] = [self._as_user, self._as_system, self._with_sql]
        self._hook_is_due = True
        self._is_written = False

    @property
    def values(self) -> dict:
        return {**self._values, "exc_info": "".join([self._info, *self._notes])}

    @property
    def _info(self) -> str:
        return self._values["exc_info"] or ""

    def write(self, env: Environment) -> None:
        """Write the failure, then call the on-fail method; the caller commits."""
        self._is_written = False
        self._ways[0](env)
        self._is_written = True
        if self._hook_is_due:
            with self._usable_env():
                self._job.on_fail(self._values)

    def note(self, error: Exception) -> bool:
        """Note an error of :meth:`write`; return False if no other way is left."""
        raised = raised_by(error)
        self._notes.append(
            f"\n\nWhile storing this failure: {text.name_of(raised)}: "
            f"{text.text_of(raised)}"
        )
        if self._is_written and self._hook_is_due:
            self._hook_is_due = False
            return True
        del self._ways[0]
        return bool(self._ways)

    def _as_user(self, env: Environment) -> None:
        with self._usable_env():
            self._with_orm()

    def _as_system(self, env: Environment) -> None:
        with bound_to(self._job, env(user=SUPERUSER_ID, context={})):
            self._with_orm()

    def _with_orm(self) -> None:
        self._job.set_failed(**self.values)
        self._job.update()

    def _with_sql(self, env: Environment) -> None:
        # the last resort: no user is notified
        store_with_sql(env.cr, self._job._record_id, self.values, self._job.retry)

    def _usable_env(self) -> Environment:
        return bound_to(self._job, usable_env(self._job.env))


def _storable(values: dict) -> dict:
    """Return the values of a failure with texts that can be stored."""
    storable = dict(values)
    for name, most in ERROR_TEXTS.items():
        value = values.get(name)
        has_value = value is not None and value is not False
        storable[name] = text.text_of(value, most) if has_value else None
    return storable


def store_with_sql(cr: Cursor, job_id: int, values: dict, retry: int) -> None:
    """Store a failure with SQL; the caller must hold the lease of the job."""
    values = _storable(values)
    place = text.place_of_error(values["exc_info"] or "")
    cr.execute(
        sql.FAIL,
        {
            **{name: values[name] or None for name in ERROR_TEXTS},
            "exc_place": place,
            "id": job_id,
            "retry": retry,
        },
    )
