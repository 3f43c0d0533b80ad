import threading

import pytest
import requests

from .. import FaultPlan
from ..faults import KINDS, Faults
from .client import TIMEOUT

BADGE = {"holder": {"name": "Ann"}}


def misbehave(client, *kinds, **more):
    response = client.put("/admin/faults", {"rate": 1, "kinds": list(kinds), **more})
    assert response.status_code == 200
    return response.json()


def test_error500_is_an_error_of_the_machine(client):
    misbehave(client, "error500")
    response = client.get("/api/info")
    assert response.status_code == 500
    assert response.json()["error"]["code"] == "internal"


def test_rate_limit_says_when_to_come_back(client):
    misbehave(client, "rate_limit", retry_after=7)
    response = client.get("/api/info")
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "7"
    assert response.json()["error"]["code"] == "rate_limited"


def test_a_slow_answer_comes_after_the_delay(client):
    misbehave(client, "slow", delay=30)
    with pytest.raises(requests.ReadTimeout):
        client.request("GET", "/api/info", timeout=0.2)
    misbehave(client, "slow", delay=0)
    assert client.get("/api/info").status_code == 200


def test_a_machine_that_stops_does_not_wait_for_slow_answers(client):
    misbehave(client, "slow", delay=600)
    with pytest.raises(requests.ReadTimeout):
        client.request("GET", "/api/info", timeout=0.2)
    stop = threading.Thread(target=client.device.stop, daemon=True)
    stop.start()
    stop.join(TIMEOUT)
    assert not stop.is_alive()


def test_drop_closes_the_connection_and_does_nothing(client):
    misbehave(client, "drop")
    with pytest.raises(requests.ConnectionError):
        client.post("/api/badges", BADGE)
    client.delete("/admin/faults")
    assert len(client.device.machine.store.badges) == 10
    assert client.stats()["statuses"]["dropped"] == 1


def test_drop_after_writes_and_then_closes_the_connection(client):
    misbehave(client, "drop_after", only=["POST /api/badges"], limit=1)
    with pytest.raises(requests.ConnectionError):
        client.post("/api/badges", BADGE, key="k1")
    assert len(client.device.machine.store.badges) == 11
    response = client.post("/api/badges", BADGE, key="k1")
    assert response.status_code == 201
    assert response.headers["Idempotent-Replayed"] == "true"
    assert len(client.device.machine.store.badges) == 11


def test_drop_after_drops_also_what_is_refused(client):
    misbehave(client, "drop_after", limit=1)
    with pytest.raises(requests.ConnectionError):
        client.post("/api/badges", {})


def test_token_expired_really_ends_the_token(client):
    misbehave(client, "token_expired", limit=1)
    response = client.get("/api/info")
    assert response.status_code == 401
    assert response.json()["error"]["code"] == "token_expired"
    assert client.get("/api/info").status_code == 401
    client.login()
    assert client.get("/api/info").status_code == 200


def test_a_login_never_meets_an_expired_token(client):
    misbehave(client, "token_expired")
    assert client.login().status_code == 200


def test_faults_end_when_they_are_taken_back(client):
    misbehave(client, "error500")
    assert client.get("/api/info").status_code == 500
    client.delete("/admin/faults")
    assert client.get("/api/info").status_code == 200
    assert client.get("/admin/faults").json()["rate"] == 0


def test_faults_keep_to_the_routes_that_were_named(client):
    misbehave(client, "error500", only=["GET /api/recipes/ID"])
    assert client.get("/api/recipes").status_code == 200
    assert client.get("/api/recipes/1").status_code == 500


def test_faults_end_at_their_limit(client):
    misbehave(client, "error500", limit=2)
    codes = [client.get("/api/info").status_code for _ in range(4)]
    assert codes == [500, 500, 200, 200]


def test_faults_are_counted_by_kind(client):
    misbehave(client, "error500", limit=2)
    for _ in range(3):
        client.get("/api/info")
    misbehave(client, "rate_limit", limit=1)
    client.get("/api/info")
    stats = client.stats()
    assert stats["faults"] == {"error500": 2, "rate_limit": 1}
    assert stats["statuses"] == {"200": 2, "429": 1, "500": 2}


def test_the_same_seed_gives_the_same_faults(client):
    def run(seed):
        plan = {"rate": 0.4, "kinds": ["error500", "rate_limit"], "seed": seed}
        client.put("/admin/faults", plan)
        return [client.get("/api/info").status_code for _ in range(40)]

    one = run(5)
    assert one == run(5)
    assert one != run(6)
    assert set(one) == {200, 429, 500}


def test_the_rate_and_the_kinds_are_kept():
    faults = Faults()
    faults.follow(FaultPlan(rate=0.2, seed=3))
    drawn = [faults.draw("GET /api/info") for _ in range(5000)]
    given = [kind for kind in drawn if kind]
    assert 900 < len(given) < 1100
    assert set(given) == set(KINDS)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rate": 2}, "rate"),
        ({"rate": "1"}, "rate"),
        ({"kinds": ["flood"]}, "kinds"),
        ({"kinds": []}, "kinds"),
        ({"kinds": "drop"}, "kinds"),
        ({"kinds": None}, "kinds"),
        ({"seed": "x"}, "seed"),
        ({"retry_after": 0.5}, "retry_after"),
        ({"delay": -1}, "delay"),
        ({"limit": -1}, "limit"),
        ({"only": "x"}, "only"),
        ({"speed": 1}, "speed"),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused(client, body, field):
    response = client.put("/admin/faults", body)
    assert response.status_code == 422
    assert response.json()["error"]["field"] == field
