"""The one short transaction that leases jobs to a worker.

It holds the database's dispatch lock, so two workers never count the same free slot,
and it is the only place that decides what runs next.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from psycopg2.errors import InvalidSqlStatementName
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED as READ_COMMITTED
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ as REPEATABLE_READ

from ..copies.identity import CopyStatus, status_of
from ..sql import JOB_COLUMNS, LOCK_DISPATCH, NOTIFY_WORKERS, rescue
from ..sql.prepared import Prepared
from .averages import Averages
from .candidates import Candidate, is_any_ready, read_candidates
from .channels import ChannelTree, ancestry
from .limits import ChannelRecord, Limits, effective_limits
from .sql import claim as sql
from .start_rules import StartRules
from .state import ClaimState, read_state
from .usage import ChannelUsage

if TYPE_CHECKING:
    from odoo.sql_db import Cursor

_logger = logging.getLogger(__name__)

#: Seconds after which an idle worker polls even without a notification.
POLL_INTERVAL = 60.0

#: Seconds between two claims while addons are installed or updated.
MODULES_CHANGE_INTERVAL = 2.0

#: Seconds before a retry for a job that was locked by another transaction.
LOCKED_INTERVAL = 0.5

#: The same for a job whose ETA has passed.
DUE_INTERVAL = 0.1


class NotRegistered(Exception):
    """This worker was considered dead: it must register again under a new id."""


@dataclass
class Claim:
    """The result of a claim.

    ``lease``: id of the lease, None if there was nothing to run; ``rows``: its jobs,
    dicts by column, in the order to run them; ``seconds``: until the next claim is
    useful; ``release_due``: a done job has dependents to release;
    ``others_work``: other workers hold leases; ``is_full``: the channel may have more
    jobs to run; ``copy_status``: whether the database is a copy.
    """

    lease: int | None = None
    rows: list[dict] = field(default_factory=list)
    seconds: float = POLL_INTERVAL
    release_due: bool = False
    others_work: bool = False
    is_full: bool = False
    copy_status: CopyStatus | None = None


class Claimer:
    """Claims for the workers of one process in one database.

    ``configured``: limits of the server configuration, which override the records.
    """

    def __init__(self, configured: dict[str, Limits], averages: Averages) -> None:
        self._configured = configured
        self._averages = averages
        self._unknown_channels: set[str] = set()

    def claim(
        self,
        cursor: Cursor,
        worker: int,
        settle: bool = True,
        cluster: str | None = None,
    ) -> Claim:
        """Settle the leases of ``worker``, and lease it what it should run next.

        :param cluster: the PostgreSQL cluster of the database, to detect copies
        :raises NotRegistered: if the worker is not registered
        """
        cursor.connection.set_isolation_level(READ_COMMITTED)
        try:
            claim = self.claim_in(cursor, worker, settle, cluster)
        except InvalidSqlStatementName:
            Prepared.give_up()
            cursor.rollback()
            claim = self.claim_in(cursor, worker, settle, cluster)
        cursor.commit()
        cursor.connection.set_isolation_level(REPEATABLE_READ)
        return claim

    def claim_in(
        self,
        cursor: Cursor,
        worker: int,
        settle: bool = True,
        cluster: str | None = None,
    ) -> Claim:
        """Claim in the transaction of ``cursor``, which the caller commits."""
        cursor.execute(
            f"{sql.SETTINGS}; {settling(cursor) if settle else ''} "
            f"{LOCK_DISPATCH}; {sql.PROMOTE_DUE.call(cursor)}; "
            f"{sql.STATE.call(cursor)}",
            {"worker": worker, "ids": [worker], "blame": True},
            log_exceptions=False,
        )
        state = read_state(cursor)
        if state.was_idle is None:
            raise NotRegistered(worker)
        tree = self._tree(state)
        usage = ChannelUsage(tree, state.leases or {}, state.since_start or {})
        rules = StartRules(cursor, usage)
        copy_status = status_of(state.about, cluster)
        candidates: list[Candidate] = []
        if not state.modules_change and not copy_status.is_held:
            candidates = read_candidates(cursor, tree, state.candidates or [])
        self._log_unknown_channels(tree, candidates)
        claim = Claim(
            release_due=state.release_due,
            others_work=state.others_work,
            copy_status=copy_status,
        )
        waits = [MODULES_CHANGE_INTERVAL if state.modules_change else POLL_INTERVAL]
        if state.next_eta is not None:
            # more jobs are due than were promoted, or they are locked
            waits.append(state.next_eta if state.next_eta > 0 else DUE_INTERVAL)

        def is_blocked(candidate: Candidate) -> bool:
            reason = rules.first_reason(candidate)
            if reason and reason.seconds is not None:
                waits.append(_in_future(reason.seconds))
            return reason is not None

        taken = None
        held: set[str] = set()
        for candidate in candidates:
            if held.intersection(ancestry(candidate.channel)) or is_blocked(candidate):
                continue
            if self._take(cursor, worker, tree, candidate, claim):
                taken = candidate
                break
            waits.append(LOCKED_INTERVAL)
            held.update(tree.sequential(candidate.channel))
        if taken:
            self._note_start(cursor, usage, taken)
            if state.others_idle and self._is_work_left(
                cursor, claim, candidates, taken, is_blocked
            ):
                cursor.execute(NOTIFY_WORKERS)
        elif not state.was_idle:
            cursor.execute(sql.NOTE_IDLE, {"worker": worker})
        claim.seconds = min(waits)
        return claim

    def _tree(self, state: ClaimState) -> ChannelTree:
        records = [ChannelRecord(*values) for values in state.channels or ()]
        limits = effective_limits(records, self._configured)
        return ChannelTree(limits, state.workers)

    @staticmethod
    def _note_start(cursor: Cursor, usage: ChannelUsage, taken: Candidate) -> None:
        usage.start(taken.channel)
        if throttled := usage.tree.throttled(taken.channel):
            cursor.execute(sql.NOTE_START, {"channels": throttled})

    def _log_unknown_channels(
        self, tree: ChannelTree, candidates: list[Candidate]
    ) -> None:
        """Log each unknown channel used by jobs, once."""
        for candidate in candidates:
            if (
                tree.is_known(candidate.channel)
                or candidate.channel in self._unknown_channels
            ):
                continue
            self._unknown_channels.add(candidate.channel)
            # not an error: code may use sub-channels without declaring them
            _logger.info(
                "Unknown channel, the limits of the one above apply: "
                "channel=%s limits_of=%s nearest=%s",
                candidate.channel,
                tree.nearest_known(candidate.channel),
                tree.similar_to(candidate.channel),
            )

    def _take(
        self,
        cursor: Cursor,
        worker: int,
        tree: ChannelTree,
        candidate: Candidate,
        claim: Claim,
    ) -> bool:
        in_order = tree.sequential(candidate.channel)
        statements = (sql.TAKE_ONE,) if in_order else (candidate.take, sql.TAKE_ANY)
        one_by_one = (
            in_order
            or tree.throttled(candidate.channel)
            or candidate.take is sql.TAKE_ONE
        )
        size = 1 if one_by_one else self._averages.lease_size(candidate.function)
        for statement in statements:
            cursor.execute(
                statement.call(cursor),
                {
                    "worker": worker,
                    "channel": candidate.channel,
                    "raw_channel": candidate.raw_channel,
                    "size": size,
                    "id": candidate.id,
                },
                log_exceptions=False,
            )
            if found := cursor.fetchall():
                break
        else:
            return False
        claim.lease, picked = found[0][:2]
        rows = [dict(zip(JOB_COLUMNS, row[2:], strict=True)) for row in found]
        claim.rows = sorted(rows, key=_rank_of_row)
        claim.is_full = picked == size or picked > len(found)
        return True

    def _is_work_left(
        self,
        cursor: Cursor,
        claim: Claim,
        candidates: list[Candidate],
        taken: Candidate,
        is_blocked: Callable,
    ) -> bool:
        """Tell whether an idle worker would find another job."""
        for candidate in candidates:
            if candidate is not taken and not is_blocked(candidate):
                return True
        if not claim.is_full or is_blocked(taken):
            return False
        return is_any_ready(cursor, taken.raw_channel)


def settling(cursor: Cursor) -> str:
    """Return the SQL that ends the leases of ``ids``, without waiting for locks."""
    return f"{rescue.RESCUE_JOBS.call(cursor)}; {rescue.DELETE_LEASES};"


def _in_future(seconds: float) -> float:
    """Return the seconds until the next claim for what is due in ``seconds``.

    A job that is already due was not leased because it is locked.
    """
    return seconds if seconds > 0 else LOCKED_INTERVAL


def _rank_of_row(row: dict) -> tuple:
    return (
        row["priority"] is None,
        row["priority"] or 0,
        row["date_created"] is None,
        row["date_created"].timestamp() if row["date_created"] else 0,
        row["id"],
    )
