"""A client as a connector's author would write a first one."""

from typing import Any

import requests

from .. import Device

TIMEOUT = 30


class Client:
    """Talks to a device over one kept connection, logged in."""

    def __init__(self, device: Device):
        self.device = device
        self.session = requests.Session()
        self.session.trust_env = False

    def login(self, user: str = "barista", password: str = "espresso"):
        response = self.post("/api/login", {"user": user, "password": password})
        if response.ok:
            token = response.json()["token"]
            self.session.headers["Authorization"] = f"Bearer {token}"
        return response

    def twin(self) -> "Client":
        """Another client of the same device, with the same token."""
        other = Client(self.device)
        other.session.headers.update(self.session.headers)
        return other

    def request(self, method: str, path: str, json: Any = None, **kwargs):
        url = path if path.startswith("http") else self.device.url + path
        kwargs.setdefault("timeout", TIMEOUT)
        return self.session.request(method, url, json=json, **kwargs)

    def get(self, path: str, **params):
        return self.request("GET", path, params=params)

    def post(self, path: str, json: Any = None, key: str | None = None):
        return self.request("POST", path, json, headers={"Idempotency-Key": key})

    def patch(self, path: str, json: Any, key: str | None = None):
        return self.request("PATCH", path, json, headers={"Idempotency-Key": key})

    def put(self, path: str, json: Any):
        return self.request("PUT", path, json)

    def delete(self, path: str, key: str | None = None):
        return self.request("DELETE", path, headers={"Idempotency-Key": key})

    def stats(self) -> dict:
        return self.get("/admin/stats").json()
