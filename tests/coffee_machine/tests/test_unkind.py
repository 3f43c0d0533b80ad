from email.utils import parsedate_to_datetime

import pytest

from .. import running
from ..faults import KINDS, UNKIND
from .client import Client
from .test_faults import misbehave


def test_maintenance_says_by_a_date_when_to_come_back(client):
    misbehave(client, "maintenance", retry_after=60)
    response = client.get("/api/info")
    assert response.status_code == 503
    waits = parsedate_to_datetime(response.headers["Retry-After"])
    now = parsedate_to_datetime(response.headers["Date"])
    assert 58 <= (waits - now).total_seconds() <= 61


def test_an_answer_in_drops_is_the_same_answer(client):
    known = client.get("/api/recipes").json()
    misbehave(client, "drip", delay=0.2)
    assert client.get("/api/recipes").json() == known


def test_a_byte_order_mark_and_a_wrong_type(client):
    misbehave(client, "bom")
    assert client.get("/api/info").content.startswith(b"\xef\xbb\xbf{")
    misbehave(client, "text_type")
    response = client.get("/api/info")
    assert response.headers["Content-Type"] == "text/html; charset=iso-8859-1"


@pytest.mark.parametrize("firmware", [1, 2])
def test_a_short_page_leads_on_to_the_rest(firmware):
    with running(firmware=firmware, recipes=30, badges=10, brews=60) as device:
        client = Client(device)
        client.login()
        misbehave(client, "short_page")
        response = client.get("/api/recipes", per_page=50)
        if firmware == 1:
            records, url = response.json(), response.links["next"]["url"]
        else:
            records, url = response.json()["items"], response.json()["next"]
        assert len(records) == 7
        client.delete("/admin/faults")
        assert client.request("GET", url).status_code == 200


def test_an_empty_list_without_content(client):
    misbehave(client, "no_content")
    since = {"updated_since": "2099-01-01T00:00:00Z"}
    assert client.get("/api/recipes", **since).status_code == 204
    assert client.get("/api/recipes").status_code == 200


def test_a_login_ends_the_token_of_the_one_before():
    with running(recipes=1, badges=1, brews=0, one_token=True) as device:
        first, second = Client(device), Client(device)
        first.login()
        assert first.get("/api/info").status_code == 200
        second.login()
        assert first.get("/api/info").status_code == 401
        assert second.get("/api/info").status_code == 200


def test_an_unkind_machine_misbehaves_from_the_start_and_the_same_each_time():
    def plan():
        with running(recipes=1, badges=1, brews=0, unkind=7) as device:
            drawn = [device.machine.faults.draw("GET /api/info") for _ in range(200)]
        return drawn

    drawn = plan()
    assert drawn == plan()
    assert set(filter(None, drawn)) == {*KINDS, *UNKIND}
    assert 20 <= len(list(filter(None, drawn))) <= 60
