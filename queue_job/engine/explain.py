"""Why a job is not running, in words: the same rules as the claim, read only."""

from datetime import datetime

from babel.dates import format_timedelta

from odoo import fields
from odoo.tools import get_lang

from .channel_tree import channel_tree
from .channels import Obstacle, Occupancy, ancestry
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
        self._tree = channel_tree(env)
        self._occupancy = Occupancy(
            self._tree,
            dict(self._rows(sql.LEASES)),
            dict(self._rows(sql.RESTED)),
        )

    def _rows(self, statement: str, **params) -> list[tuple]:
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
        workers = self._rows(sql.BUSY, timeout=heartbeat_timeout())
        if not workers:
            is_active = self._rows(sql.CRON) != [(False,)]
            reasons.append(no_worker(self._env, is_active))
        if modules := [name for (name,) in self._rows(sql.MODULES)]:
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
        name = self._tree.channel_of(job["raw_channel"])
        obstacle = self._occupancy.obstacle(name)
        if obstacle:
            reasons.append(self._obstacle(obstacle))
        for sequential in self._tree.sequential(name):
            reasons += self._sequential(sequential, job)
        if job["concurrency_key"]:
            reasons += self._key(job["concurrency_key"], job["concurrency_limit"])
        ahead = self._rows(sql.AHEAD, **job)[0][0]
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
        if not self._tree.is_known(name):
            reasons.append(self._unknown_channel(name))
        return reasons

    def _unknown_channel(self, channel: str) -> str:
        return self._(
            "Channel %(channel)s does not exist: the job runs within the limits of "
            "%(above)s. The nearest existing channel is %(nearest)s.",
            channel=channel,
            above=self._tree.nearest_known(channel),
            nearest=self._tree.similar_to(channel),
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
        parents = self._rows(sql.PARENTS, dependencies=dependencies or "{}")
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
        capacity = self._tree.capacity(channel)
        if capacity == 0:
            return self._("Channel %s has a capacity of 0", channel)
        names = [channel, *self._tree.limits(channel).former_names]
        holders = self._rows(sql.HOLDERS, names=names)
        if not holders:
            return self._("Nothing is in its way: it starts in a moment")
        return self._(
            "The capacity of channel %(channel)s, %(capacity)s, is used by %(jobs)s",
            channel=channel,
            capacity=capacity,
            jobs=job_names(holders),
        )

    def _sequential(self, channel: str, place: dict) -> list[str]:
        place = {**place, "spellings": self._tree.spellings(channel)}
        reasons = [
            self._(
                "Sequential channel %(channel)s is held back by %(job)s, which failed",
                channel=channel,
                job=job_name(uuid, name),
            )
            for uuid, name in self._rows(sql.FAILED, **place)
        ]
        reasons += [
            self._(
                "Sequential channel %(channel)s waits %(seconds)d seconds for %(job)s, "
                "which comes first",
                channel=channel,
                job=job_name(uuid, name),
                seconds=max(0, seconds),
            )
            for uuid, name, seconds in self._rows(sql.EARLIER, **place)
        ]
        return reasons

    def _key(self, key: str, limit: int | None) -> list[str]:
        seats = self._rows(sql.KEY_SEATS, key=key)[0][0]
        if limit is None or seats < limit:
            return []
        holders = self._rows(sql.KEY_HOLDERS, key=key)
        return [
            self._(
                "Only %(limit)s jobs with the concurrency key %(key)s run at once, "
                "now %(jobs)s",
                limit=limit,
                key=key,
                jobs=job_names(holders),
            )
        ]


def longest_wait(env) -> float:
    """Return for how many seconds the job waits that waits longest, 0.0 without one.

    Jobs that nobody lets run do not count: those of a copy of a database, of a paused
    channel, and of one with a capacity of 0.
    """
    if read_status(env.cr).is_held:
        return 0.0
    explainer = Explainer(env)
    tree = explainer._tree

    def is_closed(channel: str) -> bool:
        return any(
            tree.limits(name).paused or tree.capacity(name) == 0
            for name in ancestry(tree.channel_of(channel))
        )

    waits = explainer._rows(sql.WAITS)
    return max((age for name, age in waits if not is_closed(name)), default=0.0)


def status(env) -> dict:
    """Return how the queue is doing: ``channels``, ``workers``, ``oldest_waiting``,
    and ``copy``: what is said of a copy of a database, and whether its jobs are held.

    Ages are seconds; rates are jobs of the last minute.
    """
    explainer = Explainer(env)
    tree = explainer._tree
    channels: dict[str, dict] = {}

    def channel(name):
        name = tree.channel_of(name)
        obstacle = explainer._occupancy.obstacle(name)
        return channels.setdefault(
            name,
            {
                "exists": tree.is_known(name),
                "capacity": tree.capacity(name),
                "seats_taken": explainer._occupancy.seats(name),
                "obstacle": obstacle and obstacle.kind,
                "done_last_minute": 0,
                "states": {},
            },
        )

    channel("root")
    for name, state, count, _age in explainer._rows(sql.STATES):
        states = channel(name)["states"]
        states[state] = states.get(state, 0) + count
    for name, count in explainer._rows(sql.DONE):
        channel(name)["done_last_minute"] += count
    oldest = explainer._rows(sql.OLDEST)
    return {
        "database": env.cr.dbname,
        "copy": _copy_of(env),
        "channels": dict(sorted(channels.items())),
        "workers": [
            {
                "node": node,
                "kind": kind,
                "pid": pid,
                "slot": slot,
                "idle": bool(idle),
                "heartbeat_age": round(age or 0, 1),
                "job": job,
            }
            for node, kind, pid, slot, idle, age, job in explainer._rows(sql.WORKERS)
        ],
        "oldest_waiting": {"uuid": oldest[0][0], "age": round(oldest[0][1] or 0, 1)}
        if oldest
        else None,
    }


def _copy_of(env) -> dict | None:
    found = read_status(env.cr)
    if not found.kind:
        return None
    return {
        "kind": found.kind,
        "is_held": found.is_held,
        "message": copy_message(env, found),
    }
