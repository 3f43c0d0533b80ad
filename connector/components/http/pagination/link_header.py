"""Links in the header of a response (RFC 8288)."""

import re
from collections.abc import Iterator

import requests
from werkzeug.http import parse_options_header

_link = re.compile(r'<([^>]*)>((?:[^,"]|"(?:\\.|[^"\\])*")*)')
_around_equals = re.compile(r"\s*=\s*")


def next_link(response: requests.Response) -> str | None:
    """Return the target of the link with the relation ``next``, as written."""
    return next((link for link, names in _links(response) if "next" in names), None)


def link_relations(response: requests.Response) -> set[str]:
    """Return the relations of all links."""
    return {name for _link, names in _links(response) for name in names}


def _links(response: requests.Response) -> Iterator[tuple[str, list[str]]]:
    for target, text in _link.findall(response.headers.get("Link", "")):
        _value, parameters = parse_options_header(
            "link" + _around_equals.sub("=", text)
        )
        # One link may have several relations; they are case-insensitive.
        yield target.strip(), parameters.get("rel", "").lower().split()
