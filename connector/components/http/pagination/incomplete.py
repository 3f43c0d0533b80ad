"""The messages about lists that may be incomplete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ....exception import IncompleteListError
from ..redaction import mask

if TYPE_CHECKING:
    from odoo.api import Environment


def incomplete_error(
    env: Environment, code: str, values: dict[str, Any]
) -> IncompleteListError:
    """Return the error of a list that ended for the reason ``code``."""
    text = {
        "repeated": env._(
            "Page %(number)s, requested with %(asked)s, repeats the records of an "
            "earlier page: this parameter may be ignored. The list may be incomplete.",
            **_shown(values, "number", "asked"),
        ),
        "stuck": env._(
            "A page links to itself as the next page (%(asked)s). The list may be "
            "incomplete.",
            **_shown(values, "asked"),
        ),
        "endless": env._(
            "The list has no end: reading stopped after %(number)s pages.",
            **_shown(values, "number"),
        ),
        "fewer": env._(
            "The list reports a total of %(total)s records but returned fewer "
            "(%(asked)s). If that is intended, use a paging with total=None.",
            **_shown(values, "total", "asked"),
        ),
        "missing": env._(
            "A full page is followed by a 404 response (%(asked)s). The list may be "
            "incomplete.",
            **_shown(values, "asked"),
        ),
        "unread": env._(
            "The list reports more records after the first %(count)s: use another "
            "paging.",
            **_shown(values, "count"),
        ),
        "no_cursor": env._(
            "The list reports more records after a page of %(count)s, but gives no "
            "cursor of the next page. The list may be incomplete.",
            **_shown(values, "count"),
        ),
        "unsorted": env._(
            "The list is not sorted by %(key)s ascending: %(later)s comes before "
            "%(earlier)s. Add a sort parameter to _list_query of the adapter, or use "
            "another paging. The list was read by page number instead, and may lack "
            "records that changed in the meantime.",
            **_shown(values, "key", "later", "earlier"),
        ),
        "unstamped": env._(
            "The list has records without %(key)s %(id)s, which are not returned when "
            "requesting recent changes. The list was read by page number instead, and "
            "may lack records that changed in the meantime. Use another paging.",
            **_shown(values, "key", "id"),
        ),
        "unfiltered": env._(
            "The list ignores the parameter %(since)s: %(asked)s was requested, "
            "%(given)s was returned. The list was read by page number instead, and "
            "may lack records that changed in the meantime. Correct the parameter, or "
            "use another paging.",
            **_shown(values, "since", "asked", "given"),
        ),
    }[code]
    return IncompleteListError(mask(text))


def _shown(values: dict[str, Any], *names: str) -> dict[str, str]:
    return {name: str(values.get(name, ""))[:200] for name in names}
