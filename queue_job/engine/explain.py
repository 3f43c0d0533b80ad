"""Why a job is not running, in words: the same rules as the claim, read only."""

from datetime import datetime

from babel.dates import format_timedelta

from odoo import fields
from odoo.tools import get_lang

from .channel_tree import channel_tree
from .channels import Obstacle, Occupancy
from .config import heartbeat_timeout
from .copies import read_status
from .copy_messages import copy_hint, copy_message
from .explain_workers import busy_workers, no_worker
from .job_names import job_name, job_names
from .sql import explain as sql


class Explainer:
    """Answers for jobs in the database of one environment."""

    def __init__(self, env):
        self._env = env
        self._ = env._
        env["queue.job"].flush_model()
        self.tree = channel_tree(env)
        self.occupancy = Occupancy(
            self.tree,
            dict(self.rows(sql.LEASES)),
            dict(self.rows(sql.RESTED)),
        )

    def rows(self, statement: str, **params) -> list[tuple]:
        """Return what a statement of :mod:`.sql.explain` finds."""
        self._env.cr.execute(statement, params)
        return self._env.cr.fetchall()

    def explain(self, job_uuid: str) -> list[str]:
        """Return why the job does not run, a sentence for each reason.

        For a job that does not wait: one sentence that says so; for an unknown one:
        nothing.
        """
        self._env.cr.execute(sql.JOB, {"uuid": job_uuid})
        found = self._env.cr.dictfetchall()
        if not found:
            return []
        [job] = found
        if job["state"] == "wait_dependencies":
            return self._copy() + self._parents(job["dependencies"])
        if job["state"] != "pending":
            return [self._state(job["state"], job["exc_message"])]
        return self._tries(job) + self._blockers(job)

    def _tries(self, job: dict) -> list[str]:
        if not (job["retry"] and job["result"]):
            return []
        return [
            self._(
                "Retried after attempt %(tries)s: %(reason)s",
                tries=job["retry"],
                reason=job["result"],
            )
        ]

    def _blockers(self, job: dict) -> list[str]:
        """Return what keeps a pending job from starting, or that nothing does."""
        reasons = self._copy()
        workers = self.rows(sql.BUSY, timeout=heartbeat_timeout())
        if not workers:
            is_active = self.rows(sql.CRON) != [(False,)]
            reasons.append(no_worker(self._env, is_active))
        if modules := [name for (name,) in self.rows(sql.MODULES)]:
            reasons.append(
                self._(
                    "Addons are being installed, updated or removed: %s",
                    ", ".join(modules[:5]),
                )
            )
        if not job["is_ready"] and (job["seconds_to_eta"] or 0) > 0:
            reasons.append(
                self._(
                    "It is not to start before %(eta)s, %(distance)s",
                    eta=self._moment(job["eta"]),
                    distance=self._distance(job["seconds_to_eta"]),
                )
            )
        name = self.tree.channel_of(job["raw_channel"])
        obstacle = self.occupancy.obstacle(name)
        if obstacle:
            reasons.append(self._obstacle(obstacle))
        for sequential in self.tree.sequential(name):
            reasons += self._sequential(sequential, job)
        if job["concurrency_key"]:
            reasons += self._key(job["concurrency_key"], job["concurrency_limit"])
        ahead = self.rows(sql.AHEAD, **job)[0][0]
        if ahead:
            reasons.append(
                self._("%s jobs of its channel come before it", ahead)
                if ahead > 1
                else self._("One job of its channel comes before it")
            )
        is_all_busy = workers and all(uuid for uuid, *_rest in workers)
        if not reasons or (is_all_busy and job["is_ready"] and not obstacle):
            waited = job["waited"]
            reasons.append(busy_workers(self._env, workers, waited, self._moment))
        if not self.tree.is_known(name):
            reasons.append(self._unknown_channel(name))
        return reasons

    def _unknown_channel(self, channel: str) -> str:
        return self._(
            "Channel %(channel)s does not exist: the job runs within the limits of "
            "%(above)s. The nearest existing channel is %(nearest)s.",
            channel=channel,
            above=self.tree.nearest_known(channel),
            nearest=self.tree.similar_to(channel),
        )

    def _copy(self) -> list[str]:
        status = read_status(self._env.cr)
        if not status.is_held:
            return []
        return [f"{copy_message(self._env, status)}. {copy_hint(self._env, status)}"]

    def _state(self, state: str, message: str | None) -> str:
        return {
            "enqueued": self._("A worker has it and runs it next"),
            "started": self._("It runs"),
            "done": self._("It is done"),
            "cancelled": self._("It was cancelled"),
            "failed": self._("It failed: %s", message or ""),
        }[state]

    def _moment(self, moment: datetime) -> str:
        """Return a moment in the time zone of the user, which it names."""
        local = fields.Datetime.context_timestamp(self._env["queue.job"], moment)
        return local.strftime("%Y-%m-%d %H:%M:%S %Z")

    def _distance(self, seconds: float) -> str:
        """Return how far off that is, such as "in 3 minutes"."""
        return format_timedelta(
            seconds, add_direction=True, locale=get_lang(self._env).code
        )

    def _parents(self, dependencies: str | None) -> list[str]:
        parents = self.rows(sql.PARENTS, dependencies=dependencies or "{}")
        field = self._env["queue.job"]._fields["state"]
        states = dict(field._description_selection(self._env))
        return [
            self._(
                "It waits for %(job)s, which is %(state)s",
                job=job_name(uuid, name),
                state=states[state].lower(),
            )
            for uuid, state, name in parents
        ] or [self._("The jobs it waited for are done: it starts in a moment")]

    def _obstacle(self, obstacle: Obstacle) -> str:
        channel = obstacle.channel
        if obstacle.kind == "paused":
            return self._("Channel %s is paused", channel)
        if obstacle.kind == "throttled":
            return self._(
                "Channel %(channel)s is throttled for %(seconds).1f more seconds",
                channel=channel,
                seconds=obstacle.seconds,
            )
        capacity = self.tree.capacity(channel)
        if capacity == 0:
            return self._("Channel %s has a capacity of 0", channel)
        names = [channel, *self.tree.limits(channel).former_names]
        holders = self.rows(sql.HOLDERS, names=names)
        if not holders:
            return self._("Nothing is in its way: it starts in a moment")
        return self._(
            "The capacity of channel %(channel)s, %(capacity)s, is used by %(jobs)s",
            channel=channel,
            capacity=capacity,
            jobs=job_names(holders),
        )

    def _sequential(self, channel: str, place: dict) -> list[str]:
        place = {**place, "spellings": self.tree.spellings(channel)}
        reasons = [
            self._(
                "Sequential channel %(channel)s is held back by %(job)s, which failed",
                channel=channel,
                job=job_name(uuid, name),
            )
            for uuid, name in self.rows(sql.FAILED, **place)
        ]
        reasons += [
            self._(
                "Sequential channel %(channel)s waits %(seconds)d seconds for %(job)s, "
                "which comes first",
                channel=channel,
                job=job_name(uuid, name),
                seconds=max(0, seconds),
            )
            for uuid, name, seconds in self.rows(sql.EARLIER, **place)
        ]
        return reasons

    def _key(self, key: str, limit: int | None) -> list[str]:
        seats = self.rows(sql.KEY_SEATS, key=key)[0][0]
        if limit is None or seats < limit:
            return []
        holders = self.rows(sql.KEY_HOLDERS, key=key)
        return [
            self._(
                "Only %(limit)s jobs with the concurrency key %(key)s run at once, "
                "now %(jobs)s",
                limit=limit,
                key=key,
                jobs=job_names(holders),
            )
        ]
