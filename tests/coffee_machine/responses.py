"""Making answers."""

import json
from typing import Any

from werkzeug.wrappers import Response


def json_response(
    body: Any, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    # Half a surrogate pair that a client sent must not break the answer.
    text = json.dumps(body, ensure_ascii=False).encode(errors="replace")
    return Response(text, status, headers, "application/json")


def empty_response() -> Response:
    return Response(b"", 204)
