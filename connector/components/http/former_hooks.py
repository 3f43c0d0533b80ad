"""Hooks of the HTTP client under the names of the first release."""

from typing import Any

import requests

from ...exceptions_http import RemoteCallFailed
from .auth import NoAuth
from .errors.reasons import error_message
from .errors.status import STATUS_ERRORS, response_exception
from .transport import resolve_url


class FormerHooks:
    """The defaults of the hooks of :class:`.HttpClient`.

    The hooks call these, so that overrides of the former names, with or without
    ``super()``, take effect.
    """

    def _auth(self) -> requests.auth.AuthBase:
        return NoAuth()

    def _url(self, path: str) -> str:
        return resolve_url(self.env, self._location(), path)

    def _headers(self, method: str, path: str, body: Any) -> dict[str, str]:
        key = self._call_key.header(self._idempotency_header)
        return {"Accept": "application/json", **key}

    def _parse(self, response: requests.Response) -> Any:
        if not response.content.strip():
            return None
        try:
            return response.json()
        except ValueError as error:
            raise self._not_understood(response) from error

    def _reason(self, response: requests.Response) -> str:
        return error_message(response)

    def _translate(self, response: requests.Response) -> Exception | None:
        if response.status_code < 300:
            return None
        later = dict.fromkeys(self._retry_statuses, RemoteCallFailed)
        errors = {**STATUS_ERRORS, **later, **self._status_errors}
        return response_exception(
            self.env, response, self._parse_response_error(response), errors
        )
