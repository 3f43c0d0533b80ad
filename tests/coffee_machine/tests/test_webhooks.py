import hashlib
import hmac
import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from .client import TIMEOUT


class Receiver:
    """An HTTP server that keeps what it is sent and answers the codes it is given."""

    def __init__(self):
        self.received = queue.Queue()
        self.codes = queue.Queue()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                code = 200 if receiver.codes.empty() else receiver.codes.get()
                self.send_response(code)
                if code == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()
                receiver.received.put((self.path, self.headers, body))

            def do_GET(self):
                receiver.received.put((f"GET {self.path}", self.headers, b""))
                self.send_error(404)

            def log_message(self, *args):
                """Tests print nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def next(self):
        return self.received.get(timeout=TIMEOUT)

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


def order(client):
    store = client.device.machine.store
    recipe = next(r for r in store.recipes.all() if r.active)
    badge = next(b for b in store.badges.all() if b.active)
    response = client.post("/api/brews", {"recipe_id": recipe.id, "badge_id": badge.id})
    assert response.status_code == 201
    return response.json()


def register(client, receiver, secret="grounds"):
    response = client.post("/api/webhooks", {"url": receiver.url, "secret": secret})
    assert response.status_code == 201
    return response.json()


def test_a_new_brew_is_told_and_signed(each_client, receiver):
    hook = register(each_client, receiver)
    assert hook == {"id": 1, "url": receiver.url}
    brew = order(each_client)
    path, headers, body = receiver.next()
    event = json.loads(body)
    assert path == "/hook"
    assert headers["Content-Type"] == "application/json"
    assert event == {"event": "brew.created", "id": event["id"], "brew": brew}
    assert len(event["id"]) == 36
    expected = hmac.new(b"grounds", body, hashlib.sha256).hexdigest()
    assert headers["X-Coffee-Signature"] == f"sha256={expected}"


@pytest.mark.parametrize("code", [500, 302])
def test_an_event_that_is_not_taken_comes_again(client, receiver, code):
    client.device.machine.webhooks.pauses = (0, 0)
    receiver.codes.put(code)
    register(client, receiver)
    order(client)
    first, second = receiver.next(), receiver.next()
    assert first[2] == second[2]
    assert first[0] == second[0] == "/hook"


def test_a_machine_that_is_closed_or_reset_leaves_no_thread(client, receiver):
    def couriers():
        return [t for t in threading.enumerate() if t.name.startswith("courier")]

    register(client, receiver)
    register(client, receiver)
    received = couriers()
    assert len(received) == 2
    client.request("POST", "/admin/reset")
    for courier in received:
        courier.join(TIMEOUT)
    client.login()
    register(client, receiver)
    (last,) = couriers()
    client.device.machine.close()
    last.join(TIMEOUT)
    assert couriers() == []


def test_a_machine_gives_up_after_its_tries(client, receiver):
    client.device.machine.webhooks.pauses = (0, 0)
    for _ in range(3):
        receiver.codes.put(503)
    register(client, receiver)
    first = order(client)
    second = order(client)
    received = [json.loads(receiver.next()[2])["brew"] for _ in range(4)]
    assert received == [first, first, first, second]
    assert client.stats()["webhooks"]["given up"] == 1
    assert client.stats()["webhooks"]["failed tries"] == 3


def test_a_dead_webhook_does_not_delay_another(client, receiver):
    client.post("/api/webhooks", {"url": "http://127.0.0.1:9/", "secret": "s"})
    register(client, receiver)
    brew = order(client)
    assert json.loads(receiver.next()[2])["brew"] == brew


def test_the_last_event_can_be_delivered_again(client, receiver):
    register(client, receiver)
    assert client.request("POST", "/admin/deliver-again").status_code == 404
    order(client)
    order(client)
    bodies = [receiver.next()[2], receiver.next()[2]]
    again = client.request("POST", "/admin/deliver-again").json()
    assert receiver.next()[2] == bodies[1]
    assert again == {"id": json.loads(bodies[1])["id"], "webhooks": 1}
    assert bodies[0] != bodies[1]


def test_a_deleted_webhook_hears_nothing_more(client, receiver):
    deleted, kept = (
        register(client, receiver, "gone"),
        register(client, receiver, "kept"),
    )
    assert client.delete(f"/api/webhooks/{deleted['id']}").status_code == 204
    assert client.delete(f"/api/webhooks/{deleted['id']}").status_code == 404
    assert client.get("/api/webhooks").json()["items"] == [kept]
    order(client)
    order(client)
    for _ in range(2):
        _path, headers, body = receiver.next()
        expected = hmac.new(b"kept", body, hashlib.sha256).hexdigest()
        assert headers["X-Coffee-Signature"] == f"sha256={expected}"


def test_webhooks_are_listed_without_their_secrets(each_client, firmware, receiver):
    hook = register(each_client, receiver, "grounds")
    response = each_client.get("/api/webhooks")
    body = response.json()
    assert (body if firmware == 1 else body["items"]) == [hook]
    assert "grounds" not in response.text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"secret": "s"}, "url"),
        ({"url": "http://127.0.0.1:1/"}, "secret"),
        ({"url": "ftp://example.com/", "secret": "s"}, "url"),
        ({"url": "http://[", "secret": "s"}, "url"),
        ({"url": "/hook", "secret": "s"}, "url"),
        ({"url": "http://127.0.0.1:1/", "secret": ""}, "secret"),
    ],
)
def test_a_webhook_needs_an_address_and_a_secret(client, body, field):
    response = client.post("/api/webhooks", body)
    assert response.status_code == 422
    assert response.json()["error"]["field"] == field
