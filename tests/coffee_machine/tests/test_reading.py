import re

import pytest

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")

SHAPES = {
    (1, "recipes"): {
        "id": int,
        "name": str,
        "price": str,
        "currency": str,
        "strength": int,
        "volume_ml": int,
        "active": bool,
        "updated_at": str,
    },
    (2, "recipes"): {
        "id": int,
        "name": str,
        "price": {"amount": int, "currency": str},
        "brewing": {"strength": int, "volume_ml": int},
        "active": bool,
        "updated_at": str,
    },
    (1, "badges"): {
        "id": int,
        "holder_name": str,
        "holder_email": str,
        "ref": type(None),
        "active": bool,
        "updated_at": str,
    },
    (2, "badges"): {
        "id": int,
        "holder": {"name": str, "email": str},
        "ref": type(None),
        "active": bool,
        "updated_at": str,
    },
    (1, "brews"): {
        "id": int,
        "recipe_id": int,
        "badge_id": int,
        "price": str,
        "currency": str,
        "brewed_at": str,
        "updated_at": str,
    },
    (2, "brews"): {
        "id": int,
        "recipe": {"id": int, "name": str},
        "badge": {"id": int},
        "price": {"amount": int, "currency": str},
        "brewed_at": str,
        "updated_at": str,
    },
}

KINDS = ("recipes", "badges", "brews")


def shape(value):
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return type(value)


def items(response):
    body = response.json()
    return body if isinstance(body, list) else body["items"]


def walk(client, path, **params):
    """All records of a list by its next links, and how many pages there were."""
    response = client.get(path, **params)
    found, pages = items(response), 1
    while following := next_url(response):
        response = client.request("GET", following)
        assert response.ok
        found += items(response)
        pages += 1
    return found, pages


def next_url(response):
    body = response.json()
    if isinstance(body, dict):
        return body["next"]
    return response.links.get("next", {}).get("url")


def test_info_tells_what_machine_it_is(each_client, firmware):
    info = each_client.get("/api/info").json()
    assert set(info) == {"vendor", "model", "serial", "firmware", "time"}
    assert info["firmware"] == firmware
    assert MOMENT.fullmatch(info["time"])


@pytest.mark.parametrize("kind", KINDS)
def test_records_have_the_shape_of_the_firmware(each_client, firmware, kind):
    record = items(each_client.get(f"/api/{kind}"))[0]
    assert shape(record) == SHAPES[firmware, kind]
    assert MOMENT.fullmatch(record["updated_at"])
    assert each_client.get(f"/api/{kind}/{record['id']}").json() == record


def test_both_firmwares_tell_the_same_prices(device):
    ones = device.machine.data(firmware=1)
    twos = device.machine.data(firmware=2)
    for kind in ("recipes", "brews"):
        assert [one["price"] for one in ones[kind]] == [
            f"{two['price']['amount'] / 100:.2f}" for two in twos[kind]
        ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [7, 10])
def test_next_links_lead_through_all_records_in_order(each_client, kind, size):
    found, pages = walk(each_client, f"/api/{kind}", per_page=size)
    whole = each_client.device.machine.data()[kind]
    assert found == whole
    assert pages == -(-len(whole) // size)
    order = [(record["updated_at"], record["id"]) for record in found]
    assert order == sorted(order)


def test_a_page_of_firmware_1_tells_the_total_in_a_header(each_client, firmware):
    response = each_client.get("/api/brews", page=2, per_page=40)
    assert len(items(response)) == 20
    if firmware == 1:
        assert response.headers["X-Total-Count"] == "60"
        assert "Link" not in response.headers
    else:
        body = response.json()
        del body["items"]
        assert body == {"page": 2, "per_page": 40, "total": 60, "next": None}


def test_a_page_has_50_records_unless_asked_otherwise(each_client):
    assert len(items(each_client.get("/api/brews"))) == 50


def test_a_page_after_the_last_is_empty(each_client):
    response = each_client.get("/api/brews", page=99)
    assert items(response) == []
    assert next_url(response) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"),
        ("page", "-1"),
        ("page", "two"),
        ("page", ""),
        ("page", "²"),
        ("page", "9" * 5000),
        ("per_page", "0"),
        ("per_page", "201"),
        ("updated_since", "yesterday"),
        ("updated_since", "2026-01-01T00:00:00"),
        ("updated_since", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_wrong_page_or_moment_is_refused_by_name(client, name, value):
    response = client.get("/api/brews", **{name: value})
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "invalid"
    assert response.json()["error"]["field"] == name


@pytest.mark.parametrize("kind", KINDS)
def test_updated_since_gives_what_changed_then_or_later(each_client, kind):
    whole = each_client.device.machine.data()[kind]
    since = whole[len(whole) // 2]["updated_at"]
    expected = [record for record in whole if record["updated_at"] >= since]
    assert 0 < len(expected) < len(whole)
    found, pages = walk(each_client, f"/api/{kind}", updated_since=since, per_page=4)
    assert found == expected
    assert pages > 1


def test_updated_since_reads_other_zones_and_fractions(client):
    whole = client.device.machine.data()["brews"]
    since = whole[-2]["updated_at"]
    for text in (since.replace("Z", "+00:00"), since.replace("Z", ".000000Z")):
        assert items(client.get("/api/brews", updated_since=text)) == whole[-2:]


def test_what_changed_moves_to_the_end(client):
    first = items(client.get("/api/recipes", per_page=1))[0]
    client.patch(f"/api/recipes/{first['id']}", {"name": "House Blend"})
    last = items(client.get("/api/recipes", per_page=200))[-1]
    assert (last["id"], last["name"]) == (first["id"], "House Blend")
    since = items(client.get("/api/recipes", updated_since=last["updated_at"]))
    assert since == [last]


def test_badges_are_found_by_ref(each_client, firmware):
    holder = {"holder_name": "Ann"} if firmware == 1 else {"holder": {"name": "Ann"}}
    made = each_client.post("/api/badges", {**holder, "ref": "partner 7"}).json()
    assert items(each_client.get("/api/badges", ref="partner 7")) == [made]
    assert items(each_client.get("/api/badges", ref="partner")) == []


@pytest.mark.parametrize(
    "path",
    [
        "/api/recipes/9999",
        "/api/badges/1",
        "/api/brews/1",
        "/api/recipes/x",
        "/api/recipes/",
        "/api/teas",
        "/admin/x",
        "/",
    ],
)
def test_what_is_not_there_is_not_found(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"


def test_a_method_that_is_not_offered_is_refused(client):
    response = client.delete("/api/recipes/1")
    assert response.status_code == 405
    assert "PATCH" in response.headers["Allow"]
    assert response.json()["error"]["code"] == "not_allowed"
