"""Keyset paging: continues from the last record, and verifies the responses."""

from __future__ import annotations

from typing import Any

from .... import cursor_value
from .base import AGAIN, PageToken, Paging, incomplete, largest_page_size, query

# State of a page token: why the list is read by page number; that it was read and the
# rest is being checked; the counts so far.
_DOUBT, _VERIFY, _COUNTS = "_doubt", "_verify", "_counts"


class KeysetPaging(Paging):
    """Each page is requested from the version at which the previous one ended.

    ``?per_page=50``, then ``?per_page=50&updated_since=2026-01-31T12:00Z``: for lists
    sorted by the time of the last change, oldest first, with a parameter for the
    changes since a given time, inclusive. A record that changes while the list is read
    appears again at its end; a deleted one shifts nothing. Records received twice,
    because they have the version of the end of a page, are skipped.

    Verified on the way: versions exist and never decrease, and the parameter is
    respected. Otherwise the list is read by page number, and is reported as incomplete.
    A parameter that excludes the given time itself costs a second request per page.

    :param version: key of the version by which the list is sorted: times, numbers or
        texts
    :param since: parameter that requests versions from a given one on
    :param page: page parameter for the records with the same version, if they fill more
        than a page
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

    def first(self) -> Any:
        return {self._per_page: self._size}

    def _new(self, records, page_token):
        if _VERIFY in page_token:
            return []
        read, since = page_token.get("_read", ()), page_token.get(self._since)
        # Records changed in the meantime have another version, and are read again.
        return [
            record
            for record in records
            if not (self._id(record) in read and record.get(self._version) == since)
        ]

    def _identity(self, records, page_token):
        identity = super()._identity(records, page_token)
        # The records with the last version are received again with the next page.
        return identity and f"{identity} {page_token.get(self._since)}"

    def _after_repeated(self, page_token, records, number):
        if _DOUBT in page_token:
            return [self._doubtful(page_token)]
        return super()._after_repeated(page_token, records, number)

    def _next_pages(self, response, page_token, records):
        walk = self._counted(response, page_token, records)
        if _VERIFY in page_token:
            return self._verified(response, page_token, records)
        if self._leaves_out_the_moment(page_token, records):
            return [{**page_token["_before"], _COUNTS: walk}]
        if self._ends(response, page_token, records):
            return self._end(page_token, walk)
        if _DOUBT in page_token:
            return [self._next_number(page_token, records, walk)]
        doubt = self._doubt(page_token, records)
        if doubt:
            start = {**self.first(), _DOUBT: doubt, _COUNTS: walk}
            return [self._numbered(start, 2, walk["first"])]
        last = self._versions(records)[-1][1]
        if self._since in page_token and _key(last) == _key(page_token[self._since]):
            return [self._next_number(page_token, records, walk)]
        return [self._from(last, page_token, records, walk)]

    def _counted(self, response, page_token: PageToken, records: list) -> dict:
        """Return the counts so far, including this page.

        ``first``: records of the first page; ``all``: its reported total; ``came``:
        records so far
        """
        new = len(self._new(records, page_token))
        counts = page_token.get(_COUNTS)
        if counts is None:
            total = self._announced_total(response, len(records))
            return {"first": len(records), "all": total, "came": new}
        return {**counts, "came": counts["came"] + new}

    # -- end of the list

    def _ends(self, response, page_token, records) -> bool:
        """Whether the response, or the records, show that this is the last page."""
        more = self._announced_more(response)
        if more is False or not records:
            return True
        total = self._announced_total(response, len(records))
        if total is not None:
            return page_token.get("_asked", 0) + len(records) >= total
        return (
            not more
            and "_before" in page_token
            and not self._new(records, page_token)
            and len(records) < largest_page_size(page_token)
        )

    def _end(self, page_token: PageToken, counts: dict) -> list[PageToken]:
        """Return what follows the last page: the reason why it is incomplete, or a last
        check.

        A request for the changes since a time does not return records without a
        version. A page beyond the counted records shows whether there are any.
        """
        if _DOUBT in page_token:
            return [self._doubtful(page_token)]
        received, first = counts["came"], counts["first"]
        if received <= first if counts["all"] is None else received >= counts["all"]:
            return []
        look = {**self.first(), _VERIFY: True, _COUNTS: counts, AGAIN: True}
        return [self._numbered(look, received // (first or 1) + 1, received)]

    def _verified(
        self, response, page_token: PageToken, records: list
    ) -> list[PageToken]:
        total, counts = (
            self._announced_total(response, len(records)),
            page_token[_COUNTS],
        )
        if total is not None and total <= counts["came"]:
            return []
        unstamped = [rec for rec, stamp in self._versions(records) if stamp is None]
        if total is None and not unstamped:
            return []
        values = {"key": self._version, "id": [self._id(rec) for rec in unstamped[:1]]}
        return [
            {
                **query(page_token),
                _DOUBT: ["unstamped", values],
                _COUNTS: counts,
                "_asked": page_token["_asked"],
                AGAIN: True,
            }
        ]

    def _doubtful(self, page_token: PageToken) -> PageToken:
        code, values = page_token[_DOUBT]
        return incomplete(code, **values)

    # -- checks

    def _leaves_out_the_moment(self, page_token: PageToken, records: list) -> bool:
        """Whether none of the last records of the previous page was received again.

        Either all of them have changed in the meantime, or the parameter excludes the
        requested time. Other records with that version are then read by page number.
        """
        read = {repr(id) for id in page_token.get("_read", ())}
        ids = {repr(self._id(record)) for record in records}
        return "_before" in page_token and bool(read) and not read & ids

    def _doubt(self, page_token: PageToken, records: list) -> list | None:
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
            if not former and self._since in page_token:
                requested = page_token[self._since]
                if _falls(_key(requested), rank):
                    values = {
                        "since": self._since,
                        "asked": requested,
                        "given": version,
                    }
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
        self, version: Any, page_token: PageToken, records: list, counts: dict
    ) -> PageToken:
        """Return the token of the page that starts at a version."""
        at_last = [
            self._id(record)
            for record, stamp in self._versions(records)
            if stamp == version
        ]
        read = [id for id in at_last if id is not None]
        before = self._next_number(page_token, records, None)
        return {
            self._per_page: self._size,
            self._since: version,
            "_read": read,
            "_before": {**before, "_read": []},
            _COUNTS: counts,
        }

    def _next_number(
        self, page_token: PageToken, records: list, counts: dict | None
    ) -> PageToken:
        """Return the token of the next page, by page number."""
        kept = (self._per_page, self._since, "_read", _DOUBT)
        return self._numbered(
            {key: value for key, value in page_token.items() if key in kept}
            | {_COUNTS: counts},
            page_token.get(self._page, 1) + 1,
            page_token.get("_asked", 0) + len(records),
        )

    def _numbered(self, page_token: PageToken, number: int, received: int) -> PageToken:
        """Return the token advanced by one page.

        :param received: records on the previous pages
        """
        where = {self._offset: received} if self._offset else {self._page: number}
        return {**page_token, **where, "_asked": received}


def _key(version: Any) -> tuple[str, Any] | None:
    """Return the sort key of a version: numbers, times and texts, each kind
    separately.

    :return: ``None`` if it is not a version
    """
    moment = cursor_value.parse(version) or cursor_value.parse(
        version, cursor_value.TEXT
    )
    return moment and (moment.kind, moment.key)


def _falls(former: tuple[str, Any], rank: tuple[str, Any]) -> bool:
    """Whether a version is older than the previous one, or cannot be compared."""
    return former[0] != rank[0] or rank[1] < former[1]
