"""Pages of a list, as the query string asks for them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from werkzeug.wrappers import Request

from . import moments
from .errors import Invalid

PER_PAGE, MAX_PER_PAGE = 50, 200


@dataclass(frozen=True)
class Page:
    """``next_url`` is None on the last page."""

    items: list[dict[str, Any]]
    page: int
    per_page: int
    total: int
    next_url: str | None


def cut(
    request: Request, records: Sequence, represent: Callable[[Any], dict[str, Any]]
) -> Page:
    """The page of ``records`` that the request asks for. Raises Invalid."""
    number = _whole(request, "page", 1, 10**9)
    size = _whole(request, "per_page", PER_PAGE, MAX_PER_PAGE)
    if number == 1:
        size = min(size, request.environ.get("coffee.page_limit", size))
    start = (number - 1) * size
    request.environ["coffee.is_empty"] = start >= len(records)
    following = None
    if start + size < len(records):
        query = {**request.args.to_dict(), "page": number + 1, "per_page": size}
        following = f"{request.base_url}?{urlencode(query)}"
    return Page(
        [represent(record) for record in records[start : start + size]],
        number,
        size,
        len(records),
        following,
    )


def updated_since(request: Request) -> datetime | None:
    text = request.args.get("updated_since")
    if text is None:
        return None
    try:
        return moments.read(text)
    except ValueError as error:
        raise Invalid("updated_since", str(error)) from None


def _whole(request, name, default, highest):
    text = request.args.get(name, str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:12]) <= highest):
        raise Invalid(name, f"{name} must be a whole number, 1 to {highest}")
    return int(text)
