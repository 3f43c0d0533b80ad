"""Answers that are errors."""


class ApiError(Exception):
    """An error answer: ``{"error": {"code", "message"[, "field"]}}``."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        field: str | None = None,
        headers: dict[str, str] | None = None,
    ):
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.body = {"error": {"code": code, "message": message}}
        if field is not None:
            self.body["error"]["field"] = field


class Invalid(ApiError):
    """What the client sent cannot be taken; ``field`` says which part of it."""

    def __init__(self, field: str | None, message: str):
        super().__init__(422, "invalid", message, field)


class NotFound(ApiError):
    """There is no such record or address."""

    def __init__(self, message: str):
        super().__init__(404, "not_found", message)


class Dropped(ConnectionError):
    """The connection must be closed without an answer."""
