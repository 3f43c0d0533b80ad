"""Detects database copies, whose jobs are held until a manager allows them to run.

A copy has the jobs and the credentials of its original. Two facts reveal it:

* it is *neutralized* (``database.is_neutralized``), as Odoo does it;
* it is not the database it was served as before. When a server first serves a database
  it records the database's identity in it: its name, its ``database.uuid``, and the
  system identifier of its PostgreSQL cluster. A copy carries that of its original:
  Odoo's *Duplicate* changes name and uuid, ``createdb -T`` the name, a restore on
  another server under the same name the cluster. So does a database that was only
  renamed or moved: only a person, or the setting ``adopt_copies``, can tell which.

Nothing is decided at installation: databases created from a template that was never
served are not copies. A part that cannot be read counts as unchanged. A dump restored
under the same name on the same cluster, and a physical copy of the cluster
(``pg_basebackup``), cannot be distinguished from the original.

The claim reads this in the statement that reads the channels, so that a decision takes
effect on all servers immediately, and none of them caches it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from . import sql

if TYPE_CHECKING:
    from odoo.sql_db import Cursor

#: Kinds of databases whose jobs are held: see :attr:`CopyStatus.kind`.
NEUTRALIZED, COPY = "neutralized", "copy"


class Identity(NamedTuple):
    """Identity of a database; unknown parts are None."""

    name: str
    uuid: str | None = None
    cluster: str | None = None

    def differences(self, other: Identity) -> list[str]:
        """Return the names of the parts known of both that differ."""
        return [
            part
            for part, mine, others in zip(self._fields, self, other, strict=True)
            if mine and others and mine != others
        ]


@dataclass(frozen=True)
class CopyStatus:
    """Copy status of one database.

    ``here``: its current identity; ``origin``: the identity it was served under, None
    if never served; ``allowed``: the copy in which a manager allowed jobs to run;
    ``stored``: the text these two were read from, None if the addon is not updated yet.
    """

    here: Identity
    origin: Identity | None = None
    allowed: Identity | None = None
    is_neutralized: bool = False
    stored: str | None = None

    @property
    def differences(self) -> list[str]:
        """The parts of its identity that changed: ``name``, ``uuid``, ``cluster``."""
        return self.here.differences(self.origin) if self.origin else []

    @property
    def kind(self) -> str | None:
        """``neutralized``, ``copy``, or None for an original."""
        if self.is_neutralized:
            return NEUTRALIZED
        return COPY if self.differences else None

    @property
    def is_allowed(self) -> bool:
        """Whether a manager allowed the jobs of this very copy to run."""
        return bool(self.allowed) and not self.here.differences(self.allowed)

    @property
    def is_held(self) -> bool:
        return self.kind is not None and not self.is_allowed


def status_of(about: dict, cluster: str | None = None) -> CopyStatus:
    """Return the status from the result of ``ABOUT_DATABASE``."""
    parameters = about["parameters"] or {}
    stored = parameters.get(sql.PARAMETER)
    known = _read(stored)
    return CopyStatus(
        here=Identity(about["name"], parameters.get("database.uuid"), cluster),
        origin=_identity(known),
        allowed=_identity(known.get("allowed")),
        # interpreted as Odoo's web client does
        is_neutralized=bool(parameters.get("database.is_neutralized")),
        stored=stored,
    )


def read_status(cursor: Cursor) -> CopyStatus:
    """Return the status of the database of ``cursor``."""
    cluster = read_cluster(cursor)
    cursor.execute(sql.ABOUT_DATABASE)
    return status_of(cursor.fetchone()[0], cluster)


def read_cluster(cursor: Cursor) -> str | None:
    """Return the system identifier of the PostgreSQL cluster, None if not allowed."""
    cursor.execute(sql.CLUSTER_IS_READABLE)
    if not cursor.fetchone()[0]:
        return None
    cursor.execute(sql.CLUSTER)
    return cursor.fetchone()[0]


def record_identity(cursor: Cursor, status: CopyStatus) -> bool:
    """Record the current identity: this database is not a copy.

    Return False if another transaction recorded something in the meantime.
    """
    return _record(cursor, status, status.here, None)


def allow_copy(cursor: Cursor, status: CopyStatus, is_allowed: bool) -> bool:
    """Allow the jobs of this copy to run, or hold them again; False as above."""
    origin = status.origin or status.here
    return _record(cursor, status, origin, status.here if is_allowed else None)


def _record(
    cursor: Cursor, status: CopyStatus, origin: Identity, allowed: Identity | None
) -> bool:
    values = origin._asdict()
    if allowed:
        values["allowed"] = allowed._asdict()
    cursor.execute(
        sql.RECORD, {"value": json.dumps(values), "known": status.stored or ""}
    )
    return bool(cursor.rowcount)


def _read(stored: str | None) -> dict:
    try:
        known = json.loads(stored or "{}")
    except ValueError:
        # edited manually: as if it was never served
        return {}
    return known if isinstance(known, dict) else {}


def _identity(values: Any) -> Identity | None:
    if not isinstance(values, dict) or not values.get("name"):
        return None
    return Identity(values["name"], values.get("uuid"), values.get("cluster"))
