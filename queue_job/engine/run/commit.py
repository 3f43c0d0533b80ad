"""Refuses commits of a job whose work must be committed once or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from odoo.sql_db import Cursor


@contextmanager
def prevent_commit(cr: Cursor) -> Iterator[None]:
    """Refuse ``cr.commit()`` while a job's method runs."""

    def forbidden_commit(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            "Commit is forbidden in this job: its work and its state 'done' are one "
            "transaction, so that its work is done exactly once or not at all. If the "
            'job must commit, enable "Allow Commit" on its job function; it may then '
            "be interrupted between two commits, and must be idempotent. A separate "
            "cursor (env.registry.cursor()) may always be committed."
        )

    own = vars(cr).get("commit")
    cr.commit = forbidden_commit
    try:
        yield
    finally:
        if own is None:
            del cr.commit
        else:
            cr.commit = own
