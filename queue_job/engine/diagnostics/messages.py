"""The sentences that explain why a job does not run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from babel.dates import format_timedelta

from odoo import fields
from odoo.tools import get_lang

from ..claim import block_reason as kinds
from ..claim.block_reason import BlockReason
from ..claim.channels import ChannelTree
from ..copies.identity import read_status
from ..copies.messages import copy_hint, copy_message
from . import sql
from .job_names import job_name, job_names

if TYPE_CHECKING:
    from odoo.api import Environment


class Messages:
    """Sentences in the language of an environment.

    ``rows(statement, **params)`` returns the rows of a statement of :mod:`.sql`.
    """

    def __init__(
        self, env: Environment, tree: ChannelTree, rows: Callable[..., list[tuple]]
    ) -> None:
        self._env = env
        self._ = env._
        self._tree = tree
        self.rows = rows

    def tries(self, job: dict) -> list[str]:
        if not (job["retry"] and job["result"]):
            return []
        return [
            self._(
                "Retried after attempt %(tries)s: %(reason)s",
                tries=job["retry"],
                reason=job["result"],
            )
        ]

    def unknown_channel(self, channel: str) -> str:
        return self._(
            "Channel %(channel)s does not exist: the job runs within the limits of "
            "%(above)s. The nearest existing channel is %(nearest)s.",
            channel=channel,
            above=self._tree.nearest_known(channel),
            nearest=self._tree.similar_to(channel),
        )

    def held_copy(self) -> list[str]:
        status = read_status(self._env.cr)
        if not status.is_held:
            return []
        return [f"{copy_message(self._env, status)}. {copy_hint(self._env, status)}"]

    def state(self, state: str, message: str | None) -> str:
        return {
            "enqueued": self._("Leased to a worker; starts next"),
            "started": self._("The job is running"),
            "done": self._("The job is done"),
            "cancelled": self._("The job was cancelled"),
            "failed": self._("The job failed: %s", message or ""),
        }[state]

    def modules_change(self) -> list[str]:
        """Return which addons are being installed, updated or removed."""
        if modules := [name for (name,) in self.rows(sql.MODULES)]:
            return [
                self._(
                    "Addons are being installed, updated or removed: %s",
                    ", ".join(modules[:5]),
                )
            ]
        return []

    def eta(self, job: dict) -> list[str]:
        """Return when a job may start that waits for its ETA."""
        if not job["is_ready"] and (job["seconds_to_eta"] or 0) > 0:
            return [
                self._(
                    "Scheduled to start at %(eta)s, %(distance)s",
                    eta=self.moment(job["eta"]),
                    distance=self._distance(job["seconds_to_eta"]),
                )
            ]
        return []

    def ahead(self, job: dict) -> list[str]:
        """Return how many jobs of the same channel are ahead of a job."""
        [(ahead,)] = self.rows(sql.AHEAD, **job)
        if not ahead:
            return []
        return [
            self._("%s jobs of the same channel are ahead of it", ahead)
            if ahead > 1
            else self._("One job of the same channel is ahead of it")
        ]

    def moment(self, moment: datetime) -> str:
        """Return a date and time in the user's time zone, with the zone."""
        local = fields.Datetime.context_timestamp(self._env["queue.job"], moment)
        return local.strftime("%Y-%m-%d %H:%M:%S %Z")

    def _distance(self, seconds: float) -> str:
        """Return a duration relative to now, such as "in 3 minutes"."""
        return format_timedelta(
            timedelta(seconds=seconds),
            add_direction=True,
            locale=get_lang(self._env).code,
        )

    def parents(self, dependencies: str | None) -> list[str]:
        parents = self.rows(sql.PARENTS, dependencies=dependencies or "{}")
        field = self._env["queue.job"]._fields["state"]
        states = dict(field._description_selection(self._env))
        return [
            self._(
                "Waiting for %(job)s, which is %(state)s",
                job=job_name(uuid, name),
                state=states[state].lower(),
            )
            for uuid, state, name in parents
        ] or [self._("All its dependencies are done; starts shortly")]

    def block_reason(self, reason: BlockReason, job: dict) -> str:
        """Return why ``job``, a row of the statement ``JOB``, may not start."""
        channel = reason.channel
        if reason.kind == kinds.PAUSED:
            return self._("Channel %s is paused", channel)
        if reason.kind == kinds.THROTTLED:
            return self._(
                "Channel %(channel)s is throttled for %(seconds).1f more seconds",
                channel=channel,
                seconds=reason.seconds,
            )
        if reason.kind == kinds.FULL:
            return self._full(channel)
        if reason.kind == kinds.CONCURRENCY_KEY:
            return self._key(job["concurrency_key"], job["concurrency_limit"])
        return self._sequential(reason)

    def _full(self, channel: str) -> str:
        capacity = self._tree.capacity(channel)
        if capacity == 0:
            return self._("Channel %s has a capacity of 0", channel)
        names = [channel, *self._tree.limits(channel).former_names]
        holders = self.rows(sql.HOLDERS, names=names)
        if not holders:
            return self._("Not blocked; starts shortly")
        return self._(
            "Channel %(channel)s is full: its capacity of %(capacity)s is used by "
            "%(jobs)s",
            channel=channel,
            capacity=capacity,
            jobs=job_names(holders),
        )

    def _sequential(self, reason: BlockReason) -> str:
        [(uuid, name)] = self.rows(sql.NAME, id=reason.job_id)
        if reason.kind == kinds.FAILED_JOB:
            return self._(
                "Sequential channel %(channel)s is blocked by the failed job %(job)s",
                channel=reason.channel,
                job=job_name(uuid, name),
            )
        return self._(
            "Sequential channel %(channel)s is waiting %(seconds)d seconds for "
            "%(job)s, which comes first",
            channel=reason.channel,
            job=job_name(uuid, name),
            seconds=max(0, reason.seconds),
        )

    def _key(self, key: str, limit: int) -> str:
        holders = self.rows(sql.KEY_HOLDERS, key=key)
        return self._(
            "Concurrency key %(key)s is limited to %(limit)s concurrent jobs, now "
            "running: %(jobs)s",
            limit=limit,
            key=key,
            jobs=job_names(holders),
        )
