"""Links in the header of an answer, as RFC 8288 has them."""

import re

import requests
from werkzeug.http import parse_options_header

_link = re.compile(r'<([^>]*)>((?:[^,"]|"(?:\\.|[^"\\])*")*)')
_around_equals = re.compile(r"\s*=\s*")


def next_link(response: requests.Response) -> str | None:
    """Return the target of the link with the relation ``next``, as it is written."""
    for target, text in _link.findall(response.headers.get("Link", "")):
        _value, parameters = parse_options_header(
            "link" + _around_equals.sub("=", text)
        )
        # Several relations may be told of one link, in any case.
        if "next" in parameters.get("rel", "").lower().split():
            return target.strip()
    return None
