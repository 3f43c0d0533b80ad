"""Why a list may not have been read completely, in words."""

from typing import Any

from ....exception import IncompleteListError
from ..redaction import mask


def incomplete_error(env, code: str, values: dict[str, Any]) -> IncompleteListError:
    """Return the error of a list that ended for the reason ``code``."""
    text = {
        "repeated": env._(
            "Page %(number)s repeats the records of an earlier page, although it was "
            "requested with %(asked)s: is this parameter ignored? The list may "
            "continue.",
            **_shown(values, "number", "asked"),
        ),
        "stuck": env._(
            "A page names itself as the next one (%(asked)s). The list may continue.",
            **_shown(values, "asked"),
        ),
        "endless": env._(
            "The list has no end: reading stopped after %(number)s pages.",
            **_shown(values, "number"),
        ),
        "fewer": env._(
            "The list announces %(total)s records but returned fewer (%(asked)s). If "
            "that is intended, use a paging with total=None.",
            **_shown(values, "total", "asked"),
        ),
        "missing": env._(
            "A full page is followed by a 404 response (%(asked)s). The list may "
            "continue.",
            **_shown(values, "asked"),
        ),
        "unread": env._(
            "The list announces more records after %(count)s: use another paging.",
            **_shown(values, "count"),
        ),
        "unsorted": env._(
            "The list is not sorted by %(key)s ascending: %(later)s comes before "
            "%(earlier)s. Add a constant parameter that sorts it to _list_query of "
            "the adapter, or use another paging. The list was read by page number "
            "instead, and may lack records that changed meanwhile.",
            **_shown(values, "key", "later", "earlier"),
        ),
        "unstamped": env._(
            "The list has records without %(key)s %(id)s, which are not returned when "
            "asking for recent changes. The list was read by page number instead, and "
            "may lack records that changed meanwhile. Use another paging.",
            **_shown(values, "key", "id"),
        ),
        "unfiltered": env._(
            "The list ignores the parameter %(since)s: %(asked)s was requested, "
            "%(given)s was returned. The list was read by page number instead, and "
            "may lack records that changed meanwhile. Correct the parameter, or use "
            "another paging.",
            **_shown(values, "since", "asked", "given"),
        ),
    }[code]
    return IncompleteListError(mask(text))


def _shown(values: dict[str, Any], *names: str) -> dict[str, str]:
    return {name: str(values.get(name, ""))[:200] for name in names}
