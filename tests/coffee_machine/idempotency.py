"""A write with an ``Idempotency-Key`` is made once, and answered the same again."""

from collections.abc import Callable

from werkzeug.wrappers import Response

REPLAYED = "Idempotent-Replayed"


class Answers:
    """Remembered answers, by key, method and path.

    The caller holds the store's lock, so that two requests with one key that come
    together cannot both be made. A refused write is not remembered: it may be
    asked again with the same key when the reason is gone.
    """

    def __init__(self):
        self._answers: dict[tuple[str, str, str], tuple[int, bytes]] = {}

    def once(
        self, key: str | None, method: str, path: str, make: Callable[[], Response]
    ) -> Response:
        if not key:
            return make()
        known = self._answers.get((key, method, path))
        if known:
            status, body = known
            return Response(
                body,
                status,
                {REPLAYED: "true"},
                mimetype="application/json" if body else None,
            )
        response = make()
        self._answers[key, method, path] = (
            response.status_code,
            response.get_data(),
        )
        return response
