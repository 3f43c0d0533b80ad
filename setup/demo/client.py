"""Odoo from outside, as the browser of an administrator talks to it."""

from __future__ import annotations

from typing import Any

import requests

from ..errors import SetupError

LOGIN, PASSWORD = "admin", "admin"
TIMEOUT = 120  # seconds


class OdooError(SetupError):
    """Odoo refused a call; the message is what the administrator would read."""


class Client:
    """A session of the administrator."""

    def __init__(self, url: str, database: str) -> None:
        self.url = url
        self.database = database
        self._session = requests.Session()

    def login(self, timeout: float = TIMEOUT) -> None:
        """Log in.

        :raises requests.RequestException: Odoo does not answer
        :raises OdooError: it refuses
        """
        self._post(
            "/web/session/authenticate",
            {"db": self.database, "login": LOGIN, "password": PASSWORD},
            timeout,
        )

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call `method` of `model`; the first argument is the ids where it has any."""
        return self._post(
            "/web/dataset/call_kw",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
            TIMEOUT,
        )

    def records(
        self, model: str, domain: list[Any], fields: list[str], **kwargs: Any
    ) -> list[dict[str, Any]]:
        """Return what `search_read` finds, archived records too."""
        context = {"active_test": False}
        return self.call(
            model, "search_read", domain, fields, context=context, **kwargs
        )

    def _post(self, path: str, params: dict[str, Any], timeout: float) -> Any:
        response = self._session.post(
            self.url + path,
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=timeout,
        )
        response.raise_for_status()
        body = response.json()
        if error := body.get("error"):
            data = error.get("data", {})
            raise OdooError(f"Odoo: {data.get('message') or error.get('message')}")
        return body.get("result")
