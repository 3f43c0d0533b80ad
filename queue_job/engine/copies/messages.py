"""Messages about a database copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .identity import COPY, CopyStatus

if TYPE_CHECKING:
    from odoo.api import Environment


def copy_message(env: Environment, status: CopyStatus) -> str:
    """Return why the jobs of this copy are held, or that they run; empty if it is not a
    copy."""
    if status.kind is None:
        return ""
    if status.is_allowed:
        return env._(
            "This database is a copy. A manager allowed its jobs to run: they may "
            "reach other systems"
        )
    if status.kind == COPY:
        return env._(
            "This database looks like a copy, so its jobs are held: %s",
            ", ".join(_differences(env, status)),
        )
    return env._("This database is neutralized, so its jobs are held")


def copy_hint(env: Environment, status: CopyStatus) -> str:
    """Return how to run the jobs of a copy."""
    if status.kind == COPY:
        return env._(
            "A job queue manager can click Run Jobs in This Copy or Mark as Renamed "
            "or Moved, or run in a shell: odoo queue resume -d %(name)s, or odoo queue "
            "resume --moved -d %(name)s",
            name=status.here.name,
        )
    return env._(
        "A job queue manager can click Run Jobs in This Copy, or run in a shell: odoo "
        "queue resume -d %s",
        status.here.name,
    )


def _differences(env: Environment, status: CopyStatus) -> list[str]:
    texts = {
        "name": env._("its name was %s", status.origin.name),
        "uuid": env._("its identifier (database.uuid) has changed"),
        "cluster": env._("it was on another PostgreSQL server"),
    }
    return [texts[part] for part in status.differences]
