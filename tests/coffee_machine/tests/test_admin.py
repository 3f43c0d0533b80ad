from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from werkzeug.test import Client as WsgiClient

from .. import Machine, Settings
from ..app import App
from ..moments import read


def test_stats_count_requests_statuses_and_writes(client):
    client.get("/api/recipes")
    client.get("/api/recipes/1")
    client.get("/api/recipes/2")
    client.get("/api/recipes/999")
    client.post("/api/badges", {"holder": {"name": "Ann"}})
    client.patch("/api/recipes/1", {"name": "Tea"})
    client.get("/api/nothing")
    client.delete("/api/brews")
    assert client.stats() == {
        "requests": {
            "DELETE (not allowed)": 1,
            "GET (nowhere)": 1,
            "GET /api/recipes": 1,
            "GET /api/recipes/ID": 3,
            "PATCH /api/recipes/ID": 1,
            "POST /api/badges": 1,
            "POST /api/login": 1,
        },
        "statuses": {"200": 5, "201": 1, "404": 2, "405": 1},
        "faults": {},
        "writes": {"badges created": 1, "recipes updated": 1},
        "webhooks": {},
        "replayed": 0,
        "total": 9,
    }


def test_data_tells_everything_in_either_firmwares_words(client, firmware):
    mine = client.get("/admin/data").json()
    assert mine == client.device.machine.data()
    other = client.get("/admin/data", firmware=firmware).json()
    assert other == client.device.machine.data(firmware)
    assert client.get("/admin/data", firmware=3).status_code == 422


def test_reset_brings_the_first_day_back(client):
    before = client.get("/admin/data").json()
    client.post("/api/badges", {"holder": {"name": "Ann"}}, key="k1")
    client.delete("/api/badges/1001")
    client.patch("/api/recipes/1", {"name": "Tea"})
    client.post("/api/webhooks", {"url": "http://127.0.0.1:9/", "secret": "s"})
    client.put("/admin/clock", {"offset": 99})
    client.put("/admin/faults", {"rate": 1})
    assert client.request("POST", "/admin/reset").json() == {"reset": True}
    assert client.get("/admin/data").json() == before
    assert client.stats()["total"] == 0
    assert client.get("/admin/faults").json()["rate"] == 0
    assert client.get("/api/info").status_code == 401
    client.login()
    assert client.get("/api/webhooks").json()["items"] == []
    again = client.post("/api/badges", {"holder": {"name": "Bo"}}, key="k1")
    assert again.json()["holder"]["name"] == "Bo"


@pytest.mark.parametrize("offset", [86400, -86400.5])
def test_the_clock_can_be_wrong(client, offset):
    true_time = read(client.get("/api/info").json()["time"])
    assert client.put("/admin/clock", {"offset": offset}).json()["offset"] == offset
    response = client.get("/api/info")
    for moment in (
        read(response.json()["time"]),
        parsedate_to_datetime(response.headers["Date"]),
    ):
        assert abs(moment - true_time - timedelta(seconds=offset)) < timedelta(hours=1)
    changed = client.patch("/api/recipes/1", {"name": "Tea"}).json()
    skew = read(changed["updated_at"]) - true_time
    assert abs(skew - timedelta(seconds=offset)) < timedelta(hours=1)


@pytest.mark.parametrize("offset", [None, "1", True, 1e12])
def test_an_offset_that_is_no_number_of_seconds_is_refused(client, offset):
    response = client.put("/admin/clock", {"offset": offset})
    assert response.status_code == 422
    assert response.json()["error"]["field"] == "offset"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("127.0.0.1", 200),
        ("127.8.8.8", 200),
        ("::1", 200),
        ("::ffff:127.0.0.1", 200),
        ("192.0.2.7", 403),
        ("::ffff:192.0.2.7", 403),
        ("fe80::1%eth0", 403),
    ],
)
def test_admin_answers_only_its_own_computer(address, status):
    machine = Machine(Settings(recipes=1, badges=1, brews=1))
    caller = WsgiClient(App(machine))
    response = caller.get("/admin/data", environ_overrides={"REMOTE_ADDR": address})
    assert response.status_code == status
    spoofed = caller.get(
        "/admin/data",
        headers={"X-Forwarded-For": "127.0.0.1"},
        environ_overrides={"REMOTE_ADDR": address},
    )
    assert spoofed.status_code == status
