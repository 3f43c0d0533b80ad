import time

import pytest
import requests

from .. import running
from .client import TIMEOUT, Client


def error_code(response):
    return response.status_code, response.json()["error"]["code"]


def test_login_answers_a_token_and_its_life(device):
    response = Client(device).login()
    assert response.status_code == 200
    assert response.json()["expires_in"] == 3600
    assert response.json()["token"]


@pytest.mark.parametrize(
    "body",
    [
        {"user": "barista", "password": "tea"},
        {"user": "tea", "password": "espresso"},
        {"user": "barista"},
        {"user": 1, "password": ["espresso"]},
        {},
    ],
)
def test_wrong_credentials_are_refused(device, body):
    response = Client(device).post("/api/login", body)
    assert error_code(response) == (401, "bad_credentials")


def test_the_credentials_can_be_chosen():
    with running(user="ann", password="þé", recipes=0, badges=0, brews=0) as device:
        assert Client(device).login("ann", "þé").ok
        assert not Client(device).login().ok


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer ", "Basic YTpi"])
def test_a_request_without_token_is_refused(device, header):
    response = requests.get(
        device.url + "/api/info",
        headers={"Authorization": header} if header else None,
        timeout=TIMEOUT,
    )
    assert error_code(response) == (401, "token_missing")


def test_a_token_ends_after_its_life(client):
    tokens = client.device.machine.tokens
    tokens.now = lambda: time.monotonic() + 3599
    assert client.get("/api/info").ok
    tokens.now = lambda: time.monotonic() + 3601
    assert error_code(client.get("/api/info")) == (401, "token_expired")
    client.login()
    assert client.get("/api/info").ok


def test_a_skewed_clock_ends_no_token(client):
    client.put("/admin/clock", {"offset": 7200})
    assert client.get("/api/info").ok


def test_all_tokens_can_be_ended_at_once(client):
    client.login()
    assert client.request("POST", "/admin/expire-tokens").json() == {"expired": 2}
    assert error_code(client.get("/api/info")) == (401, "token_expired")


def test_a_token_of_nobody_counts_as_expired(client):
    client.session.headers["Authorization"] = "Bearer nonsense"
    assert error_code(client.get("/api/recipes")) == (401, "token_expired")


def test_a_login_is_never_replayed(client):
    body = {"user": "barista", "password": "espresso"}
    one = client.post("/api/login", body, key="k1").json()["token"]
    assert client.post("/api/login", body, key="k1").json()["token"] != one
