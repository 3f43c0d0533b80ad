"""The states of a job, and the transitions between them.

============= ============================================================
state         meaning
============= ============================================================
wait_depen... a job it depends on must be done first
pending       runs as soon as its eta has passed and its channel has a slot
enqueued      a worker has leased it and is about to start it
started       a worker runs it
done          it succeeded
cancelled     it must not run
failed        it raised an error and is not retried
============= ============================================================

Nothing else writes a state: :class:`.Job`, the buttons, the triggers and the statements
of the engine take what they write from :data:`TRANSITIONS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

WAIT_DEPENDENCIES = "wait_dependencies"
PENDING = "pending"
ENQUEUED = "enqueued"
STARTED = "started"
DONE = "done"
CANCELLED = "cancelled"
FAILED = "failed"

STATES = [
    (WAIT_DEPENDENCIES, "Wait Dependencies"),
    (PENDING, "Pending"),
    (ENQUEUED, "Enqueued"),
    (STARTED, "Started"),
    (DONE, "Done"),
    (CANCELLED, "Cancelled"),
    (FAILED, "Failed"),
]

#: Not started: at most one job per identity key may be in one of these states.
WAITING_STATES = (PENDING, ENQUEUED, WAIT_DEPENDENCIES)
#: Held by a worker.
LEASED_STATES = (ENQUEUED, STARTED)
#: Ended well, or not to be run: what a requeue starts from.
ENDED_STATES = (FAILED, DONE, CANCELLED)
#: Neither running nor successfully finished: users can decide about it.
OPEN_STATES = (*WAITING_STATES, FAILED)

DEFAULT_PRIORITY = 10
DEFAULT_MAX_RETRIES = 5
#: Seconds before the next attempt by default.
RETRY_INTERVAL = 10 * 60

#: Now in the form of Odoo's columns: naive, in UTC, at the time of the statement.
NOW = "(clock_timestamp() AT TIME ZONE 'UTC')"

#: What a run leaves on a row. Every transition back to pending empties all of it.
RUN_COLUMNS = (
    "date_enqueued",
    "date_started",
    "date_done",
    "date_cancelled",
    "exec_time",
    "worker_pid",
    "lease_id",
)
#: What a failure leaves on a row, until the job is done.
ERROR_COLUMNS = ("exc_name", "exc_message", "exc_info")
#: What workers that died leave on a row, until the job is done or requeued.
DEATH_COLUMNS = ("worker_deaths", "death_reason")
#: Columns that the engine's statements and triggers empty, whatever writes the state.
_ENGINE_COLUMNS = ("lease_id", *DEATH_COLUMNS)


def in_states(states: tuple[str, ...], row: str = "") -> str:
    """Return the SQL condition that ``row`` (an alias, or none) is in one of states."""
    column = f"{row}.state" if row else "state"
    if len(states) == 1:
        return f"{column} = '{states[0]}'"
    listed = ", ".join(f"'{state}'" for state in states)
    return f"{column} IN ({listed})"


@dataclass(frozen=True)
class Transition:
    """A transition from one of the states ``sources`` to the state ``target``.

    ``stamp``: the date it sets to now; ``resets``: the columns it empties; ``sets``:
    columns and the numbers it sets them to.
    """

    sources: tuple[str, ...]
    target: str
    stamp: str | None = None
    resets: tuple[str, ...] = ()
    sets: Mapping[str, int] = field(default_factory=dict)

    def starts_from(self, row: str = "") -> str:
        """Return the SQL condition that ``row`` is in one of the sources."""
        return in_states(self.sources, row)

    def columns(self, now: str = NOW, **more: str) -> dict[str, str]:
        """Return the SQL expressions it sets, by column; ``more`` adds to them."""
        columns = {"state": f"'{self.target}'"}
        columns.update(dict.fromkeys(self.resets, "NULL"))
        columns.update({name: str(value) for name, value in self.sets.items()})
        if self.stamp:
            columns[self.stamp] = now
        return {**columns, **more}

    def set_clause(self, **more: str) -> str:
        """Return the SET clause of an UPDATE, with ``more`` columns."""
        return assignments(self.columns(**more))

    def set_in_trigger(self, **more: str) -> str:
        """Return the same as statements of a trigger that is called before the row is
        written."""
        columns = self.columns(**more)
        return "\n".join(f"NEW.{name} := {sql};" for name, sql in columns.items())

    def values(self, now: Any) -> dict:
        """Return the same as field values of ``queue.job``; a trigger adds the columns
        of the engine.

        :param now: naive date and time in UTC
        """
        resets = [name for name in self.resets if name not in _ENGINE_COLUMNS]
        values = {"state": self.target, **dict.fromkeys(resets, False), **self.sets}
        if self.stamp:
            values[self.stamp] = now
        return values


def assignments(columns: Mapping[str, str]) -> str:
    """Return the list of an UPDATE's SET for SQL expressions by column."""
    return ",\n       ".join(f"{name} = {sql}" for name, sql in columns.items())


def one_or_other(
    condition: str, first: Mapping[str, str], second: Mapping[str, str]
) -> str:
    """Return the list of an UPDATE's SET that writes ``first`` on the rows that meet
    ``condition``, and ``second`` on the others."""
    return assignments(
        {
            name: f"CASE WHEN {condition} THEN {first.get(name, name)} "
            f"ELSE {second.get(name, name)} END"
            for name in {**first, **second}
        }
    )


#: A job of its graph must be done first.
WAIT = Transition((PENDING, ENQUEUED, *ENDED_STATES), WAIT_DEPENDENCIES)
#: All jobs it waited for are done.
RELEASE = Transition((WAIT_DEPENDENCIES,), PENDING)

#: A worker leases it.
CLAIM = Transition(
    (PENDING,), ENQUEUED, stamp="date_enqueued", resets=("date_started", "worker_pid")
)
#: A worker releases it before it started.
GIVE_BACK = Transition((ENQUEUED,), PENDING, resets=RUN_COLUMNS)
#: Its method begins.
START = Transition((ENQUEUED,), STARTED, stamp="date_started")
#: Its method returned.
FINISH = Transition(
    (STARTED,),
    DONE,
    stamp="date_done",
    resets=(*ERROR_COLUMNS, *DEATH_COLUMNS, "lease_id"),
)
#: It is retried later, or was interrupted by a server that stops.
RETRY = Transition((STARTED,), PENDING, resets=RUN_COLUMNS)
#: Its worker died.
RESCUE = Transition(LEASED_STATES, PENDING, resets=RUN_COLUMNS)
#: It raised an error that is final, cannot be loaded, or ended its workers.
FAIL = Transition(LEASED_STATES, FAILED, stamp="date_failed", resets=("lease_id",))
#: A user stopped it while it ran.
STOP = Transition((STARTED,), CANCELLED, stamp="date_cancelled", resets=("lease_id",))

#: A user set it to done.
SET_DONE = Transition(
    OPEN_STATES, DONE, stamp="date_done", resets=(*ERROR_COLUMNS, "lease_id")
)
#: A user cancelled it.
CANCEL = Transition(
    OPEN_STATES, CANCELLED, stamp="date_cancelled", resets=("lease_id",)
)
#: A job it waits for was cancelled.
CANCEL_DEPENDENT = Transition(
    (WAIT_DEPENDENCIES,), CANCELLED, stamp="date_cancelled", resets=("lease_id",)
)
#: It would wait, but another job with its identity key is already waiting.
SUPERSEDE = Transition(
    (WAIT_DEPENDENCIES, PENDING, STARTED, *ENDED_STATES),
    CANCELLED,
    stamp="date_cancelled",
    resets=("lease_id",),
)
#: A user requeued it.
REQUEUE = Transition(
    ENDED_STATES, PENDING, resets=(*RUN_COLUMNS, *DEATH_COLUMNS), sets={"retry": 0}
)

TRANSITIONS = {
    "wait": WAIT,
    "release": RELEASE,
    "claim": CLAIM,
    "give_back": GIVE_BACK,
    "start": START,
    "finish": FINISH,
    "retry": RETRY,
    "rescue": RESCUE,
    "fail": FAIL,
    "stop": STOP,
    "set_done": SET_DONE,
    "cancel": CANCEL,
    "cancel_dependent": CANCEL_DEPENDENT,
    "supersede": SUPERSEDE,
    "requeue": REQUEUE,
}


def is_known(source: str, target: str) -> bool:
    """Tell whether there is a transition from one state to the other."""
    return source == target or any(
        source in one.sources and target == one.target for one in TRANSITIONS.values()
    )
