"""Paging that reads on from the last record, checked against what came."""

from __future__ import annotations

from typing import Any

from .... import moments
from .base import AGAIN, Paging, Position, incomplete, largest_page, query

# Notes of a position: why the list is read by numbers; that it is read already, and
# what follows is looked at; the counts of the walk.
_DOUBT, _VERIFY, _COUNTS = "_doubt", "_verify", "_counts"


class KeysetPaging(Paging):
    """Each page is asked for by the version at which the one before ended.

    ``?per_page=50``, then ``?per_page=50&updated_since=2026-01-31T12:00Z``: for lists
    sorted by the time of the last change, the oldest first, that can be asked for what
    changed since a moment, this moment included. A record that changes while the list
    is read comes again at its end, one that goes away shifts nothing. What comes twice
    because it has the version of the page's end is left out.

    Checked as it comes: that versions are there and never fall, that the parameter is
    obeyed. Where not, the list is read by page numbers instead, and ends as incomplete.
    A parameter that leaves the moment itself out costs a second call for each page.

    :param version: key of the version, as the list is sorted: moments, numbers or texts
    :param since: parameter that asks for versions from one on
    :param page: parameter by which the records of one moment are walked through, where
        they fill more than a page
    :param offset: parameter for the same, where records are counted instead of pages
    """

    def __init__(
        self,
        size: int = 100,
        version: str = "updated_at",
        since: str = "updated_since",
        page: str = "page",
        per_page: str = "per_page",
        id_key: str | None = None,
        offset: str | None = None,
        **kwargs,
    ):
        super().__init__(id_key=id_key, **kwargs)
        self._size, self._version, self._since = size, version, since
        self._page, self._per_page, self._offset = page, per_page, offset

    def first(self):
        return {self._per_page: self._size}

    def _new(self, records, position):
        if _VERIFY in position:
            return []
        read, since = position.get("_read", ()), position.get(self._since)
        # What has changed meanwhile has another version, and is read again.
        return [
            record
            for record in records
            if not (self._id(record) in read and record.get(self._version) == since)
        ]

    def _identity(self, records, position):
        identity = super()._identity(records, position)
        # The records of one moment come again when what follows is asked for.
        return identity and f"{identity} {position.get(self._since)}"

    def _after_repeated(self, position, records, number):
        if _DOUBT in position:
            return [self._doubtful(position)]
        return super()._after_repeated(position, records, number)

    def _following(self, response, position, records):
        walk = self._counted(response, position, records)
        if _VERIFY in position:
            return self._verified(response, position, records)
        if self._leaves_out_the_moment(position, records):
            return [{**position["_before"], _COUNTS: walk}]
        if self._ends(response, position, records):
            return self._end(position, walk)
        if _DOUBT in position:
            return [self._next_number(position, records, walk)]
        doubt = self._doubt(position, records)
        if doubt:
            start = {**self.first(), _DOUBT: doubt, _COUNTS: walk}
            return [self._numbered(start, 2, walk["first"])]
        last = self._versions(records)[-1][1]
        if self._since in position and _key(last) == _key(position[self._since]):
            return [self._next_number(position, records, walk)]
        return [self._from(last, position, records, walk)]

    def _counted(self, response, position: Position, records: list) -> dict:
        """Return the counts of the walk, with this page in them.

        ``first``: records of the very first page; ``all``: the total it told; ``came``:
        records so far
        """
        new = len(self._new(records, position))
        counts = position.get(_COUNTS)
        if counts is None:
            total = self._told(response, len(records))
            return {"first": len(records), "all": total, "came": new}
        return {**counts, "came": counts["came"] + new}

    # -- where the list ends

    def _ends(self, response, position, records) -> bool:
        """Whether the answer, or what came, says that nothing follows."""
        more = self._told_more(response)
        if more is False or not records:
            return True
        total = self._told(response, len(records))
        if total is not None:
            return position.get("_asked", 0) + len(records) >= total
        return (
            not more
            and "_before" in position
            and not self._new(records, position)
            and len(records) < largest_page(position)
        )

    def _end(self, position: Position, counts: dict) -> list[Position]:
        """Return what follows the last page: why it is incomplete, or a last look.

        Records without a version do not come with those since a moment. What lies
        beyond the counted ones tells whether there are any.
        """
        if _DOUBT in position:
            return [self._doubtful(position)]
        came, first = counts["came"], counts["first"]
        if came <= first if counts["all"] is None else came >= counts["all"]:
            return []
        look = {**self.first(), _VERIFY: True, _COUNTS: counts, AGAIN: True}
        return [self._numbered(look, came // (first or 1) + 1, came)]

    def _verified(self, response, position: Position, records: list) -> list[Position]:
        total, counts = self._told(response, len(records)), position[_COUNTS]
        if total is not None and total <= counts["came"]:
            return []
        unstamped = [rec for rec, stamp in self._versions(records) if stamp is None]
        if total is None and not unstamped:
            return []
        values = {"key": self._version, "id": [self._id(rec) for rec in unstamped[:1]]}
        return [
            {
                **query(position),
                _DOUBT: ["unstamped", values],
                _COUNTS: counts,
                "_asked": position["_asked"],
                AGAIN: True,
            }
        ]

    def _doubtful(self, position: Position) -> Position:
        code, values = position[_DOUBT]
        return incomplete(code, **values)

    # -- what is checked

    def _leaves_out_the_moment(self, position: Position, records: list) -> bool:
        """Whether no record came again with which the page before has ended.

        Either all of them have changed meanwhile, or the moment that was asked for is
        left out. Others that have it come after them, by the number of the page.
        """
        read = {repr(id) for id in position.get("_read", ())}
        ids = {repr(self._id(record)) for record in records}
        return "_before" in position and bool(read) and not read & ids

    def _doubt(self, position: Position, records: list) -> list | None:
        """Return why it cannot be read on from the last record, ``None`` if it can."""
        key, former = self._version, None
        if records and not self._versions(records):
            return ["unstamped", {"key": key, "id": []}]
        for record, version in self._versions(records):
            rank = _key(version)
            if rank is None:
                return ["unstamped", {"key": key, "id": [self._id(record)]}]
            if former and _falls(former[0], rank):
                return [
                    "unsorted",
                    {"key": key, "later": former[1], "earlier": version},
                ]
            if not former and self._since in position:
                asked = position[self._since]
                if _falls(_key(asked), rank):
                    values = {"since": self._since, "asked": asked, "given": version}
                    return ["unfiltered", values]
            former = rank, version
        return None

    def _versions(self, records: list) -> list[tuple[dict, Any]]:
        return [
            (record, record.get(self._version))
            for record in records
            if isinstance(record, dict)
        ]

    # -- positions

    def _from(
        self, version: Any, position: Position, records: list, counts: dict
    ) -> Position:
        """Return the position of the page that begins at a version."""
        at_last = [
            self._id(record)
            for record, stamp in self._versions(records)
            if stamp == version
        ]
        read = [id for id in at_last if id is not None]
        before = self._next_number(position, records, None)
        return {
            self._per_page: self._size,
            self._since: version,
            "_read": read,
            "_before": {**before, "_read": []},
            _COUNTS: counts,
        }

    def _next_number(
        self, position: Position, records: list, counts: dict | None
    ) -> Position:
        """Return the position of the page after this one, by its number."""
        kept = (self._per_page, self._since, "_read", _DOUBT)
        return self._numbered(
            {key: value for key, value in position.items() if key in kept}
            | {_COUNTS: counts},
            position.get(self._page, 1) + 1,
            position.get("_asked", 0) + len(records),
        )

    def _numbered(self, position: Position, number: int, asked: int) -> Position:
        """Return ``position`` for a page further on.

        :param asked: records on the pages before
        """
        where = {self._offset: asked} if self._offset else {self._page: number}
        return {**position, **where, "_asked": asked}


def _key(version: Any) -> tuple[str, Any] | None:
    """Return what orders a version: numbers, moments and texts, each among their own.

    :return: ``None`` for what is no version
    """
    moment = moments.parse(version) or moments.parse(version, moments.TEXT)
    return moment and (moment.kind, moment.key)


def _falls(former: tuple[str, Any], rank: tuple[str, Any]) -> bool:
    """Whether a version is older than the one before, or cannot be told."""
    return former[0] != rank[0] or rank[1] < former[1]
