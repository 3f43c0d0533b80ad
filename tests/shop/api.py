"""Medusa's API, spoken to as an administrator and as a buyer."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import requests

from .server import EMAIL, PASSWORD

TIMEOUT = 120  # seconds
PAGE = 200

Record = dict[str, Any]


class ShopError(Exception):
    """The shop refused a request; the message has its words."""


class Api:
    """Requests with the headers of one who may send them."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.url = url
        self._headers = headers

    def get(self, path: str, **params: Any) -> Record:
        """Return the body of `path`."""
        return self._send("GET", path, params=params)

    def post(self, path: str, body: Record | None = None, **params: Any) -> Record:
        """Post `body` to `path`; return the body of the response.

        :raises ShopError: the shop refuses it
        """
        return self._send("POST", path, json=body or {}, params=params)

    def delete(self, path: str) -> Record:
        """Delete `path`."""
        return self._send("DELETE", path)

    def every(self, path: str, key: str, **params: Any) -> Iterator[Record]:
        """Yield all records of the list `path`, in the order of their ids."""
        # without an order, a record can be on two pages and another on none
        params = {"order": "id", **params, "limit": PAGE}
        offset = 0
        while True:
            body = self.get(path, offset=offset, **params)
            yield from body[key]
            offset += len(body[key])
            if not body[key] or offset >= body["count"]:
                return

    def _send(self, method: str, path: str, **options: Any) -> Record:
        # no session: the threads of the seed share this object
        response = requests.request(
            method, self.url + path, headers=self._headers, timeout=TIMEOUT, **options
        )
        if not response.ok:
            raise ShopError(
                f"{method} {path}: {response.status_code} {response.text[:500]}"
            )
        return response.json()


def as_administrator(url: str) -> Api:
    """Return the API for the user that the shop was made with."""
    body = {"email": EMAIL, "password": PASSWORD}
    token = Api(url, {}).post("/auth/user/emailpass", body)["token"]
    return Api(url, {"Authorization": f"Bearer {token}"})


def with_key(url: str, secret_key: str) -> Api:
    """Return the API for who has a secret key."""
    login = base64.b64encode(f"{secret_key}:".encode()).decode()
    return Api(url, {"Authorization": f"Basic {login}"})


def as_buyer(url: str, publishable_key: str) -> Api:
    """Return the API that the shop's pages use."""
    return Api(url, {"x-publishable-api-key": publishable_key})
