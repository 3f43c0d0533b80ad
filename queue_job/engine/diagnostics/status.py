"""The status of the queue, for ``odoo queue status`` and alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..claim.channels import ancestry
from ..copies.identity import read_status
from ..copies.messages import copy_message
from . import sql
from .explain import Explainer

if TYPE_CHECKING:
    from odoo.api import Environment


def longest_wait(env: Environment) -> float:
    """Return the longest current wait of a job in seconds, 0.0 if none waits.

    Jobs that are deliberately held do not count: those of a database copy, of a paused
    channel, and of one with a capacity of 0.
    """
    if read_status(env.cr).is_held:
        return 0.0
    explainer = Explainer(env)
    tree = explainer.tree

    def is_closed(channel: str) -> bool:
        return any(
            tree.limits(name).paused or tree.capacity(name) == 0
            for name in ancestry(tree.channel_of(channel))
        )

    waits = explainer.rows(sql.WAITS)
    return max((age for name, age in waits if not is_closed(name)), default=0.0)


def status(env: Environment) -> dict:
    """Return the status of the queue: ``channels``, ``workers``, ``oldest_waiting``,
    and ``copy``: the message about a database copy, and whether its jobs are held.

    Ages are seconds; rates are jobs of the last minute.
    """
    explainer = Explainer(env)
    tree = explainer.tree
    channels: dict[str, dict] = {}

    def channel(name: str) -> Any:
        name = tree.channel_of(name)
        block_reason = explainer.rules.channel_reason(name)
        return channels.setdefault(
            name,
            {
                "exists": tree.is_known(name),
                "capacity": tree.capacity(name),
                "in_use": explainer.usage.in_use(name),
                "block_reason": block_reason and block_reason.kind,
                "done_last_minute": 0,
                "states": {},
            },
        )

    channel("root")
    for name, state, count, _age in explainer.rows(sql.STATES):
        states = channel(name)["states"]
        states[state] = states.get(state, 0) + count
    for name, count in explainer.rows(sql.DONE):
        channel(name)["done_last_minute"] += count
    oldest = explainer.rows(sql.OLDEST)
    return {
        "database": env.cr.dbname,
        "copy": _copy_of(env),
        "channels": dict(sorted(channels.items())),
        "workers": [
            {
                "host": host,
                "kind": kind,
                "pid": pid,
                "slot": slot,
                "idle": bool(idle),
                "heartbeat_age": round(age or 0, 1),
                "job": job,
            }
            for host, kind, pid, slot, idle, age, job in explainer.rows(sql.WORKERS)
        ],
        "oldest_waiting": {"uuid": oldest[0][0], "age": round(oldest[0][1] or 0, 1)}
        if oldest
        else None,
    }


def _copy_of(env: Environment) -> dict | None:
    found = read_status(env.cr)
    if not found.kind:
        return None
    return {
        "kind": found.kind,
        "is_held": found.is_held,
        "message": copy_message(env, found),
    }
