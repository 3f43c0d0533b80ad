"""Keyset paging: continues from the last record, and verifies the responses."""

from __future__ import annotations

from typing import Any

from ... import moments
from .pages import AGAIN, Paging, Position, incomplete, largest_page, query

# Notes of a page token: why the list is read by page number; that it was read and the
# rest is being checked; the counts so far.
_DOUBT, _VERIFY, _COUNTS = "_doubt", "_verify", "_counts"


class KeysetPaging(Paging):
    """Each page is requested from the version at which the previous one ended.

    ``?per_page=50``, then ``?per_page=50&updated_since=2026-01-31T12:00Z``: for lists
    sorted by the time of the last change, oldest first, with a parameter for the
    changes since a moment, inclusive. A record that changes while the list is read
    appears again at its end; a deleted one shifts nothing. Records received twice,
    because they have the version of the end of a page, are skipped.

    Verified on the way: versions exist and never decrease, and the parameter is
    respected. Otherwise the list is read by page number, and is reported as incomplete.
    A parameter that excludes the moment itself costs a second request per page.

    :param version: key of the version by which the list is sorted: moments, numbers or
        texts
    :param since: parameter that requests versions from a given one on
    :param page: page parameter for the records of one moment, if they fill more than a
        page
    :param offset: parameter for the same purpose, if records are counted instead of
        pages
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
        # Records changed in the meantime have another version, and are read again.
        return [
            record
            for record in records
            if not (self._id(record) in read and record.get(self._version) == since)
        ]

    def _identity(self, records, position):
        identity = super()._identity(records, position)
        # The records of the last moment are received again with the next page.
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
        """Return the counts so far, including this page.

        ``first``: records of the first page; ``all``: its reported total; ``came``:
        records so far
        """
        new = len(self._new(records, position))
        counts = position.get(_COUNTS)
        if counts is None:
            total = self._told(response, len(records))
            return {"first": len(records), "all": total, "came": new}
        return {**counts, "came": counts["came"] + new}

    # -- end of the list

    def _ends(self, response, position, records) -> bool:
        """Whether the response, or the records, show that this is the last page."""
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
        """Return what follows the last page: the reason why it is incomplete, or a last
        check.

        Records without a version are not returned for a moment. A page beyond the
        counted records shows whether there are any.
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

    # -- checks

    def _leaves_out_the_moment(self, position: Position, records: list) -> bool:
        """Whether none of the last records of the previous page was received again.

        Either all of them have changed in the meantime, or the parameter excludes the
        requested moment. Other records of that moment are then read by page number.
        """
        read = {repr(id) for id in position.get("_read", ())}
        ids = {repr(self._id(record)) for record in records}
        return "_before" in position and bool(read) and not read & ids

    def _doubt(self, position: Position, records: list) -> list | None:
        """Return why reading cannot continue from the last record, ``None`` if it
        can."""
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

    # -- page tokens

    def _from(
        self, version: Any, position: Position, records: list, counts: dict
    ) -> Position:
        """Return the token of the page that starts at a version."""
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
        """Return the token of the next page, by page number."""
        kept = (self._per_page, self._since, "_read", _DOUBT)
        return self._numbered(
            {key: value for key, value in position.items() if key in kept}
            | {_COUNTS: counts},
            position.get(self._page, 1) + 1,
            position.get("_asked", 0) + len(records),
        )

    def _numbered(self, position: Position, number: int, asked: int) -> Position:
        """Return the token advanced by one page.

        :param asked: records on the previous pages
        """
        where = {self._offset: asked} if self._offset else {self._page: number}
        return {**position, **where, "_asked": asked}


def _key(version: Any) -> tuple[str, Any] | None:
    """Return the sort key of a version: numbers, moments and texts, each kind
    separately.

    :return: ``None`` if it is not a version
    """
    moment = moments.parse(version) or moments.parse(version, moments.TEXT)
    return moment and (moment.kind, moment.key)


def _falls(former: tuple[str, Any], rank: tuple[str, Any]) -> bool:
    """Whether a version is older than the previous one, or cannot be compared."""
    return former[0] != rank[0] or rank[1] < former[1]
