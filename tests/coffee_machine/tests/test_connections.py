import socket
import threading

import pytest
import requests

from .. import running
from .client import TIMEOUT, Client


def accepted(device):
    """Count the connections that the device takes from now on."""
    server = device._server
    taken = []
    original = server.process_request

    def process_request(request, address):
        taken.append(address)
        original(request, address)

    server.process_request = process_request
    return taken


def test_one_connection_serves_many_requests(device):
    taken = accepted(device)
    client = Client(device)
    client.login()
    for _ in range(5):
        assert client.get("/api/recipes").ok
    client.post("/api/badges", {"wrong": 1})
    client.delete("/api/badges/1001")
    client.get("/nowhere")
    client.request("POST", "/api/badges", data=b"{no json")
    client.request("POST", "/nowhere", data=b"x" * 5000)
    assert client.request("HEAD", "/api/info").content == b""
    assert client.get("/api/info").ok
    assert len(taken) == 1


def test_a_refused_request_does_not_spoil_the_connection(device):
    taken = accepted(device)
    client = Client(device)
    body = {"holder": {"name": "Ann" * 50}}
    assert client.post("/api/badges", body).status_code == 401
    assert client.login().status_code == 200
    assert client.get("/api/info").status_code == 200
    assert len(taken) == 1


def test_a_chunked_body_is_read(client):
    response = client.request(
        "POST", "/api/badges", data=iter([b'{"holder":', b'{"name":'])
    )
    assert response.json()["error"]["code"] == "bad_json"
    chunks = iter([b'{"holder":', b'{"name": "Ann"}}'])
    response = client.request("POST", "/api/badges", data=chunks)
    assert response.status_code == 201
    assert client.get("/api/info").ok


def test_a_body_that_is_too_large_is_refused(device):
    with socket.create_connection((device.host, device.port), TIMEOUT) as connection:
        connection.sendall(
            b"POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n"
        )
        response = connection.makefile("rb").read()
    assert response.startswith(b"HTTP/1.1 413 ")
    assert b"Connection: close" in response


def test_answers_carry_each_header_once(client):
    headers = client.get("/api/info").raw.headers
    for name in ("Date", "Server", "Content-Length", "Content-Type"):
        assert len(headers.getlist(name)) == 1, name
    assert "Connection" not in headers


def test_a_client_of_http_1_0_gets_its_answer_and_the_end(device):
    with socket.create_connection((device.host, device.port), TIMEOUT) as connection:
        connection.sendall(b"GET /admin/stats HTTP/1.0\r\n\r\n")
        assert b'"total": 0' in connection.makefile("rb").read()


def test_requests_are_answered_side_by_side(client):
    client.put(
        "/admin/faults",
        {"rate": 1, "kinds": ["slow"], "delay": 300, "only": ["GET /api/brews"]},
    )
    slow = threading.Thread(target=client.twin().get, args=("/api/brews",))
    slow.start()
    assert client.get("/api/info").ok
    assert slow.is_alive()
    client.device.machine.stopping.set()
    slow.join(TIMEOUT)
    assert not slow.is_alive()


def test_a_stopped_device_answers_nobody_and_comes_back(client):
    device = client.device
    url = device.url
    badge = client.post("/api/badges", {"holder": {"name": "Ann"}}).json()
    device.stop()
    with pytest.raises(requests.ConnectionError):
        client.get("/api/info")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((device.host, device.port), TIMEOUT)
    device.start()
    assert device.url == url
    assert client.get(f"/api/badges/{badge['id']}").json() == badge


def test_stopping_twice_is_no_harm(device):
    device.stop()
    device.stop()


def test_two_devices_run_side_by_side():
    sizes = {"recipes": 1, "badges": 1, "brews": 1}
    with running(1, **sizes) as one, running(2, **sizes) as other:
        firmwares = []
        for device in (one, other):
            client = Client(device)
            client.login()
            firmwares.append(client.get("/api/info").json()["firmware"])
    assert firmwares == [1, 2]


def test_it_listens_on_ipv6_where_there_is_one():
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("this computer has no IPv6 loopback")
    with running(host="::1", recipes=1, badges=1, brews=1) as device:
        assert device.url.startswith("http://[::1]:")
        assert Client(device).login().ok
        assert Client(device).get("/admin/stats").ok
