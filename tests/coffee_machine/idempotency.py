"""A write with an ``Idempotency-Key`` is made once, and answered the same again."""

from collections.abc import Callable

from werkzeug.wrappers import Response

REPLAYED = "Idempotent-Replayed"

# key, method, path
Key = tuple[str, str, str]


class Responses:
    """Remembered answers: status and body by key.

    The caller holds the store's lock, so that two requests with one key that come
    together cannot both be made. A refused write is not remembered: it may be
    asked again with the same key when the reason is gone.
    """

    def __init__(self):
        self.known: dict[Key, tuple[int, bytes]] = {}

    def once(self, key: Key | None, make: Callable[[], Response]) -> Response:
        if key in self.known:
            status, body = self.known[key]
            mimetype = "application/json" if body else None
            return Response(body, status, {REPLAYED: "true"}, mimetype)
        response = make()
        if key:
            self.known[key] = response.status_code, response.get_data()
        return response
