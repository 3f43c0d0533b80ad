import threading
from contextlib import suppress

import pytest

from ..moments import Clock, read

NOW = "2026-02-03T04:05:06Z"


@pytest.fixture(autouse=True)
def fixed_clock(request):
    """The machine's clock stands still at NOW where a test writes."""
    for name in ("client", "each_client"):
        if name in request.fixturenames:
            machine = request.getfixturevalue(name).device.machine
            machine.clock = Clock(lambda: read(NOW))


def refused(response):
    assert response.status_code == 422
    error = response.json()["error"]
    assert error["code"] == "invalid"
    assert error["message"]
    return error.get("field")


def holder(firmware, name="Ann Lee", email="ann@example.com"):
    if firmware == 1:
        return {"holder_name": name, "holder_email": email}
    return {"holder": {"name": name, "email": email}}


def test_a_recipe_is_changed_in_the_firmwares_own_fields(each_client, firmware):
    before = each_client.get("/api/recipes/3").json()
    change = {"name": "Crème ☕", "active": False}
    if firmware == 1:
        change |= {"price": "2.5", "strength": 10}
        expected = {**before, **change, "price": "2.50", "updated_at": NOW}
    else:
        change |= {"price": {"amount": 250}, "brewing": {"strength": 10}}
        expected = {
            **before,
            **change,
            "price": {"amount": 250, "currency": "EUR"},
            "brewing": {**before["brewing"], "strength": 10},
            "updated_at": NOW,
        }
    response = each_client.patch("/api/recipes/3", change)
    assert response.status_code == 200
    assert response.json() == expected
    assert each_client.get("/api/recipes/3").json() == expected


def test_a_change_that_changes_nothing_leaves_the_moment(client):
    before = client.get("/api/recipes/3").json()
    assert client.patch("/api/recipes/3", {"name": before["name"]}).json() == before
    assert client.patch("/api/recipes/3", {}).json() == before


@pytest.mark.parametrize(
    ("firmware", "body", "field"),
    [
        (1, {"price": 1.2}, "price"),
        (1, {"price": "1,20"}, "price"),
        (1, {"price": "-1"}, "price"),
        (1, {"price": {"amount": 120}}, "price.amount"),
        (1, {"currency": "USD"}, "currency"),
        (2, {"price": "1.20"}, "price"),
        (2, {"price": {"amount": 1.5}}, "price.amount"),
        (2, {"price": {"amount": True}}, "price.amount"),
        (2, {"price": {"currency": "USD"}}, "price.currency"),
        (2, {"brewing": {"strength": 11}}, "brewing.strength"),
        (2, {"strength": 5}, "strength"),
        (2, {"id": 3}, "id"),
        (2, {"name": "  "}, "name"),
        (2, {"active": 1}, "active"),
        (2, ["name"], None),
    ],
    indirect=["firmware"],
)
def test_a_field_that_cannot_be_taken_is_named(each_client, body, field):
    before = each_client.get("/api/recipes/3").json()
    assert refused(each_client.patch("/api/recipes/3", body)) == field
    assert each_client.get("/api/recipes/3").json() == before


def test_what_is_no_json_is_refused(client):
    response = client.request("POST", "/api/badges", data=b"{holder")
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "bad_json"


def test_a_badge_lives_from_post_to_delete(each_client, firmware):
    client = each_client
    made = client.post("/api/badges", {**holder(firmware), "ref": "partner 7"})
    assert made.status_code == 201
    badge = made.json()
    path = f"/api/badges/{badge['id']}"
    assert badge == {
        "id": 1011,
        **holder(firmware),
        "ref": "partner 7",
        "active": True,
        "updated_at": NOW,
    }
    assert client.get(path).json() == badge

    changed = client.patch(path, {**holder(firmware, "Bo"), "active": False}).json()
    assert changed == {**badge, **holder(firmware, "Bo"), "active": False}

    deleted = client.delete(path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert client.get(path).status_code == 404
    assert client.patch(path, {"ref": "x"}).status_code == 404
    assert client.delete(path).status_code == 404
    after = client.post("/api/badges", holder(firmware)).json()
    assert after["id"] == badge["id"] + 1


def test_a_badge_needs_the_name_of_its_holder(each_client, firmware):
    expected = "holder_name" if firmware == 1 else "holder.name"
    assert refused(each_client.post("/api/badges", {"ref": "a"})) == expected


def test_a_badge_without_email_or_ref_has_null(client):
    badge = client.post("/api/badges", {"holder": {"name": "Bo"}}).json()
    assert badge["holder"] == {"name": "Bo", "email": None}
    assert badge["ref"] is None


def test_two_badges_never_share_a_ref(client):
    one = client.post("/api/badges", {"holder": {"name": "A"}, "ref": "7"}).json()
    other = client.post("/api/badges", {"holder": {"name": "B"}, "ref": "8"}).json()
    path = f"/api/badges/{other['id']}"
    again = client.post("/api/badges", {"holder": {"name": "C"}, "ref": "7"})
    assert refused(again) == "ref"
    assert refused(client.patch(path, {"ref": "7"})) == "ref"
    assert client.patch(path, {"ref": "8", "active": False}).ok
    assert client.patch(path, {"ref": None}).json()["ref"] is None
    client.delete(f"/api/badges/{one['id']}")
    assert client.patch(path, {"ref": "7"}).ok


def test_an_order_pours_a_brew_at_the_recipes_price(each_client, firmware):
    store = each_client.device.machine.store
    recipe = next(r for r in store.recipes.all() if r.active)
    badge = next(b for b in store.badges.all() if b.active)
    response = each_client.post(
        "/api/brews", {"recipe_id": recipe.id, "badge_id": badge.id}
    )
    assert response.status_code == 201
    cents = recipe.price_cents
    if firmware == 1:
        expected = {
            "recipe_id": recipe.id,
            "badge_id": badge.id,
            "price": f"{cents / 100:.2f}",
            "currency": "EUR",
        }
    else:
        expected = {
            "recipe": {"id": recipe.id, "name": recipe.name},
            "badge": {"id": badge.id},
            "price": {"amount": cents, "currency": "EUR"},
        }
    moments = {"brewed_at": NOW, "updated_at": NOW}
    assert response.json() == {"id": 100061, **expected, **moments}
    assert each_client.get("/api/brews/100061").json() == response.json()


def test_an_order_needs_an_active_recipe_and_an_active_badge(client):
    store = client.device.machine.store
    recipe = next(r for r in store.recipes.all() if r.active).id
    badge = next(b for b in store.badges.all() if b.active).id
    order = {"recipe_id": recipe, "badge_id": badge}
    assert refused(client.post("/api/brews", {"badge_id": badge})) == "recipe_id"
    assert refused(client.post("/api/brews", {"recipe_id": recipe})) == "badge_id"
    assert refused(client.post("/api/brews", {**order, "recipe_id": 999})) == (
        "recipe_id"
    )
    client.patch(f"/api/badges/{badge}", {"active": False})
    assert refused(client.post("/api/brews", order)) == "badge_id"
    client.patch(f"/api/recipes/{recipe}", {"active": False})
    assert refused(client.post("/api/brews", order)) == "recipe_id"
    assert len(store.brews) == 60


def test_a_write_with_the_same_key_is_made_once(client):
    body = {"holder": {"name": "Ann"}, "ref": "7"}
    first = client.post("/api/badges", body, key="k1")
    again = client.post("/api/badges", body, key="k1")
    assert again.status_code == first.status_code == 201
    assert again.json() == first.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(client.device.machine.store.badges) == 11
    assert client.stats()["replayed"] == 1
    assert client.stats()["writes"] == {"badges created": 1}


def test_a_key_counts_for_one_method_and_path(client):
    made = client.post("/api/badges", {"holder": {"name": "Ann"}}, key="k1").json()
    path = f"/api/badges/{made['id']}"
    assert client.patch(path, {"ref": "9"}, key="k1").json()["ref"] == "9"
    assert client.delete(path, key="k1").status_code == 204
    assert client.delete(path, key="k1").status_code == 204
    assert client.delete(path, key="k2").status_code == 404


def test_a_refused_write_can_be_asked_again_with_its_key(client):
    taken = client.post("/api/badges", {"holder": {"name": "A"}, "ref": "7"}).json()
    body = {"holder": {"name": "B"}, "ref": "7"}
    assert refused(client.post("/api/badges", body, key="k1")) == "ref"
    client.delete(f"/api/badges/{taken['id']}")
    assert client.post("/api/badges", body, key="k1").status_code == 201


class Meeting(dict):
    """Known answers, where two who look up at the same time wait for each other."""

    def __init__(self):
        super().__init__()
        self.barrier = threading.Barrier(2)

    def __contains__(self, key):
        known = super().__contains__(key)
        with suppress(threading.BrokenBarrierError):
            self.barrier.wait(0.3)
        return known


def test_writes_of_one_key_that_come_together_are_made_once(client):
    client.device.machine.responses.known = Meeting()
    responses = []

    def write(other):
        body = {"holder": {"name": "Ann"}}
        responses.append(other.post("/api/badges", body, key="k1").json())

    threads = [threading.Thread(target=write, args=(client.twin(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [response["id"] for response in responses] == [1011, 1011]
    assert len(client.device.machine.store.badges) == 11


def test_half_a_character_breaks_no_answer(client):
    body = b'{"holder": {"name": "A\\ud83d"}, "t\\ud83d": 1}'
    response = client.request("POST", "/api/badges", data=body)
    assert refused(response) == "t?"
    body = b'{"holder": {"name": "A\\ud83d"}}'
    response = client.request("POST", "/api/badges", data=body)
    assert response.json()["holder"]["name"] == "A?"


def test_lists_stay_in_order_whatever_is_written(client):
    store = client.device.machine.store
    for number in range(10):
        client.patch(f"/api/badges/{1001 + number}", {"ref": str(number)})
        client.post("/api/badges", {"holder": {"name": "Ann"}})
    for deleted_id in (1003, 1011, 1020):
        client.delete(f"/api/badges/{deleted_id}")
    listed = store.badges.all()
    assert len(listed) == len(store.badges) == 17
    assert listed == sorted(listed, key=lambda b: (b.updated_at, b.id))
    assert all(store.badges.get(badge.id) == badge for badge in listed)
