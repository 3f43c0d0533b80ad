"""The one short transaction that leases jobs to a worker.

It holds the database's dispatch lock, so two workers never count the same free seat,
and it is the only place that decides what runs next.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from psycopg2.errors import InvalidSqlStatementName
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED as READ_COMMITTED
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ as REPEATABLE_READ

from .averages import Averages
from .channel_config import limits_of_record
from .channels import ChannelTree, Limits, Obstacle, Occupancy, ancestry
from .copies import CopyStatus, status_of
from .heads import Head, is_any_ready, read_heads
from .sql import JOB_COLUMNS, WAKE
from .sql import claim as sql
from .sql import workers as worker_sql
from .sql.prepared import Prepared

_logger = logging.getLogger(__name__)

#: Seconds after which an idle worker looks again although nothing called it.
POLL_INTERVAL = 60.0

#: Seconds between two looks while addons are installed or updated.
WHILE_MODULES_CHANGE = 2.0


#: Seconds before a job is looked at again that somebody else held at that moment.
WHILE_LOCKED = 0.5


#: The same for one that is due by now.
WHILE_DUE = 0.1


class NotRegistered(Exception):
    """This worker was taken for dead: it must come back under a new id."""


@dataclass
class Claim:
    """What a claim found.

    ``lease``: id of the lease, None when there was nothing to run; ``rows``: its jobs,
    dicts by column, in the order to run them; ``seconds``: when it is worth looking
    again; ``release_due``: a finished job still owes its children a look;
    ``others_work``: other workers hold leases; ``is_full``: there may be more jobs
    where these came from; ``copy_status``: whether the database is a copy.
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

    ``configured``: limits of the server's configuration, which win over the records.
    """

    def __init__(self, configured: dict[str, Limits], averages: Averages):
        self._configured = configured
        self._averages = averages
        self._unknown_channels: set[str] = set()

    def claim(
        self, cursor, worker: int, settle: bool = True, cluster: str | None = None
    ) -> Claim:
        """Settle the leases of ``worker``, lease it what it should run next.

        :param cluster: the PostgreSQL cluster of the database, which tells copies
        :raises NotRegistered: when the worker is not known (any more)
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
        self, cursor, worker: int, settle: bool = True, cluster: str | None = None
    ) -> Claim:
        """Claim in the transaction of ``cursor``, which the caller commits."""
        cursor.execute(
            f"{sql.SETTINGS}; {settling(cursor) if settle else ''} "
            f"{sql.LOCK_DISPATCH}; {sql.PROMOTE_DUE.call(cursor)}; "
            f"{sql.STATE.call(cursor)}",
            {"worker": worker, "ids": [worker], "blame": True},
            log_exceptions=False,
        )
        (
            was_idle,
            others_idle,
            channels,
            leases,
            rested,
            heads,
            next_eta,
            release_due,
            others_work,
            modules_change,
            workers,
            about,
        ) = cursor.fetchone()
        if was_idle is None:
            raise NotRegistered(worker)
        tree = ChannelTree(self.limits(channels or []), workers)
        occupancy = Occupancy(tree, leases or {}, rested or {})
        copy_status = status_of(about, cluster)
        is_held = modules_change or copy_status.is_held
        heads = [] if is_held else read_heads(cursor, tree, heads or ())
        self._tell_unknown_channels(tree, heads)
        claim = Claim(
            release_due=release_due, others_work=others_work, copy_status=copy_status
        )
        waits = [WHILE_MODULES_CHANGE if modules_change else POLL_INTERVAL]
        if next_eta is not None:
            # more are due than were looked at, or somebody holds them
            waits.append(next_eta if next_eta > 0 else WHILE_DUE)

        def obstacle(head):
            found = occupancy.obstacle(head.channel) or self._held_back(
                cursor, tree, head
            )
            if found and found.seconds is not None:
                waits.append(_in_future(found.seconds))
            return found

        taken = None
        held: set[str] = set()
        for head in heads:
            if held.intersection(ancestry(head.channel)) or obstacle(head):
                continue
            if self._take(cursor, worker, tree, head, claim):
                taken = head
                break
            waits.append(WHILE_LOCKED)
            held.update(tree.sequential(head.channel))
        if taken:
            occupancy.start(taken.channel)
            if throttled := tree.throttled(taken.channel):
                cursor.execute(sql.NOTE_START, {"channels": throttled})
            if others_idle and self._is_work_left(
                cursor, claim, heads, taken, obstacle
            ):
                cursor.execute(WAKE)
        if not taken and not was_idle:
            cursor.execute(sql.NOTE_IDLE, {"worker": worker})
        claim.seconds = min(waits)
        return claim

    def limits(self, records: list) -> list[Limits]:
        """Return the limits in force: of channel records, then of the configuration."""
        limits = {}
        for values in records:
            limit = limits_of_record(*values)
            limits[limit.name] = limit
        for name, configured in self._configured.items():
            former_names = limits[name].former_names if name in limits else ()
            limits[name] = replace(configured, former_names=former_names)
        return list(limits.values())

    def _tell_unknown_channels(self, tree: ChannelTree, heads: list[Head]) -> None:
        """Log, once each, the channels that jobs name and that do not exist."""
        for head in heads:
            if tree.is_known(head.channel) or head.channel in self._unknown_channels:
                continue
            self._unknown_channels.add(head.channel)
            # no mistake where code names sub-channels as it needs them
            _logger.info(
                "Unknown channel, its jobs run within the limits of the one above: "
                "channel=%s limits_of=%s nearest=%s",
                head.channel,
                tree.nearest_known(head.channel),
                tree.similar_to(head.channel),
            )

    def _take(
        self, cursor, worker, tree: ChannelTree, head: Head, claim: Claim
    ) -> bool:
        in_order = tree.sequential(head.channel)
        statements = (sql.TAKE_ONE,) if in_order else (head.batch, sql.TAKE_ANY)
        one_by_one = (
            in_order or tree.throttled(head.channel) or head.batch is sql.TAKE_ONE
        )
        size = 1 if one_by_one else self._averages.lease_size(head.function)
        for statement in statements:
            cursor.execute(
                statement.call(cursor),
                {
                    "worker": worker,
                    "channel": head.channel,
                    "raw_channel": head.raw_channel,
                    "size": size,
                    "id": head.id,
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

    def _held_back(self, cursor, tree: ChannelTree, head: Head) -> Obstacle | None:
        """Return what a sequential channel waits for, itself or above."""
        for channel in tree.sequential(head.channel):
            cursor.execute(
                sql.SEQUENTIAL,
                {
                    "spellings": tree.spellings(channel),
                    "priority": head.priority,
                    "date_created": head.date_created,
                    "id": head.id,
                },
            )
            failed, seconds = cursor.fetchone()
            if failed:
                return Obstacle("failed_job", channel)
            if seconds is not None:
                return Obstacle("earlier_eta", channel, seconds)
        return None

    def _is_work_left(
        self, cursor, claim: Claim, heads, taken: Head, obstacle: Callable
    ) -> bool:
        """Tell whether an idle worker would find something too."""
        for head in heads:
            if head is not taken and not obstacle(head):
                return True
        if not claim.is_full or obstacle(taken):
            return False
        return is_any_ready(cursor, taken.raw_channel)


def settling(cursor) -> str:
    """Return the text that ends the leases of ``ids``; nothing is waited for."""
    return f"{worker_sql.TAKE_BACK.call(cursor)}; {worker_sql.DELETE_LEASES};"


def _in_future(seconds: float) -> float:
    """Return when to look again at what is due in so many seconds.

    What is due already was not taken because somebody holds it.
    """
    return seconds if seconds > 0 else WHILE_LOCKED


def _rank_of_row(row: dict) -> tuple:
    return (
        row["priority"] is None,
        row["priority"] or 0,
        row["date_created"] is None,
        row["date_created"].timestamp() if row["date_created"] else 0,
        row["id"],
    )
