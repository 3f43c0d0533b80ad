"""Reading the body of a request."""

import json
from typing import Any

from werkzeug.wrappers import Request

from .errors import ApiError

MAX_BYTES = 1_000_000


def json_body(request: Request) -> Any:
    """The JSON that was sent; ``{}`` when nothing was. Raises ApiError ``bad_json``."""
    raw = request.get_data()
    try:
        return json.loads(raw) if raw else {}
    except (ValueError, RecursionError) as error:
        raise ApiError(400, "bad_json", f"the body is no JSON: {error}") from None
