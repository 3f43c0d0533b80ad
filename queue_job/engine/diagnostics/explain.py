"""Explains why a job is not running, with the rules of the claim; read only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..claim.candidates import Candidate
from ..claim.start_rules import StartRules
from ..claim.usage import ChannelUsage
from ..config import heartbeat_timeout
from . import sql
from .channel_tree import channel_tree
from .explain_workers import busy_workers, no_worker
from .messages import Messages

if TYPE_CHECKING:
    from odoo.api import Environment


class Explainer:
    """Explains the jobs and channels in the database of one environment."""

    def __init__(self, env: Environment) -> None:
        self._env = env
        env["queue.job"].flush_model()
        self.tree = channel_tree(env)
        self.usage = ChannelUsage(
            self.tree,
            dict(self.rows(sql.LEASES)),
            dict(self.rows(sql.SINCE_START)),
        )
        self.rules = StartRules(env.cr, self.usage)
        self._messages = Messages(env, self.tree, self.rows)

    def rows(self, statement: str, **params: Any) -> list[tuple]:
        """Return the rows of a statement of :mod:`.sql`."""
        self._env.cr.execute(statement, params)
        return self._env.cr.fetchall()

    def explain(self, job_uuid: str) -> list[str]:
        """Return why the job is not running, one sentence for each reason.

        One sentence about its state if it is not waiting; empty for an unknown job.
        """
        self._env.cr.execute(sql.JOB, {"uuid": job_uuid})
        found = self._env.cr.dictfetchall()
        if not found:
            return []
        [job] = found
        messages = self._messages
        if job["state"] == "wait_dependencies":
            return messages.held_copy() + messages.parents(job["dependencies"])
        if job["state"] != "pending":
            return [messages.state(job["state"], job["exc_message"])]
        return messages.tries(job) + self._blockers(job)

    def explain_channel(self, channel: str) -> str | None:
        """Return why no job of a channel may start, by its complete name; None if one
        may."""
        reason = self.rules.channel_reason(channel)
        return self._messages.block_reason(reason, {}) if reason else None

    def _blockers(self, job: dict) -> list[str]:
        """Return what blocks a pending job, or that nothing does."""
        messages = self._messages
        reasons = messages.held_copy()
        workers = self.rows(sql.BUSY, timeout=heartbeat_timeout())
        if not workers:
            is_active = self.rows(sql.CRON) != [(False,)]
            reasons.append(no_worker(self._env, is_active))
        reasons += messages.modules_change() + messages.eta(job)
        channel = self.tree.channel_of(job["raw_channel"])
        blocked = self.rules.all_reasons(
            Candidate(
                channel,
                job["raw_channel"],
                job["priority"],
                job["date_created"],
                job["id"],
                None,
            )
        )
        reasons += [messages.block_reason(reason, job) for reason in blocked]
        reasons += messages.ahead(job)
        is_all_busy = workers and all(uuid for uuid, *_rest in workers)
        has_slot = self.usage.block_reason(channel) is None
        if not reasons or (is_all_busy and job["is_ready"] and has_slot):
            waited = job["waited"]
            reasons.append(busy_workers(self._env, workers, waited, messages.moment))
        if not self.tree.is_known(channel):
            reasons.append(messages.unknown_channel(channel))
        return reasons
