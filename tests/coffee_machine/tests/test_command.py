import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from . import ROOT
from .client import TIMEOUT, Client

SMALL = ("--recipes", "3", "--badges", "2", "--brews", "5")


@contextmanager
def command(*arguments):
    with subprocess.Popen(
        [sys.executable, "-m", "coffee_machine", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def url_of(process):
    line = process.stdout.readline()
    ready = re.fullmatch(r"coffee machine firmware [12] on (http://\S+:\d+)\n", line)
    assert ready, line + process.stderr.read()
    return ready[1]


def client_of(process):
    return Client(SimpleNamespace(url=url_of(process)))


def test_it_says_where_it_is_when_it_is_ready():
    with command("--port", "0", "--firmware", "1", *SMALL) as process:
        client = client_of(process)
        assert client.login().status_code == 200
        assert client.get("/api/info").json()["firmware"] == 1
        assert len(client.get("/api/recipes").json()) == 3


def test_sizes_credentials_and_seed_are_taken():
    with command(
        *("--port", "0", "--seed", "5", "--epoch", "2030-06-01T00:00:00Z"),
        *("--user", "ann", "--password", "secret", "--token-ttl", "77", *SMALL),
    ) as process:
        client = client_of(process)
        assert client.login().status_code == 401
        assert client.login("ann", "secret").json()["expires_in"] == 77
        data = client.get("/admin/data").json()
    sizes = {kind: len(records) for kind, records in data.items()}
    assert sizes == {"recipes": 3, "badges": 2, "brews": 5}
    assert "2030-03-01" < data["brews"][0]["brewed_at"] < "2030-06-01"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_ends_it_cleanly(name):
    with command("--port", "0", *SMALL) as process:
        client = client_of(process)
        client.login()
        client.put("/admin/faults", {"rate": 1, "kinds": ["slow"], "delay": 300})
        process.send_signal(getattr(signal, name))
        output, errors = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, output, errors) == (0, "", "")


def test_a_taken_port_is_said_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with command("--port", port, *SMALL) as process:
            output, errors = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 1
    assert output == ""
    assert errors.count("\n") == 1
    assert f"port {port} of 127.0.0.1 is taken" in errors
    assert "--port" in errors


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--port", "70000"], "'70000' is no port"),
        (["--firmware", "3"], "invalid choice"),
        (["--brews", "-1"], "brews cannot be fewer than 0"),
        (["--recipes", "0"], "brews need at least one recipe"),
        (["--epoch", "soon"], "'soon' is no moment"),
    ],
)
def test_a_wrong_option_is_said_and_nothing_starts(arguments, reason):
    with command(*arguments) as process:
        output, errors = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, output) == (2, "")
    assert reason in errors
    assert "Traceback" not in errors


def test_an_address_it_cannot_have_is_said_in_one_line():
    with command("--host", "192.0.2.1", "--port", "0", *SMALL) as process:
        _output, errors = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 1
    assert errors.startswith("coffee_machine: cannot listen on 192.0.2.1 port 0: ")
    assert errors.count("\n") == 1


def test_requests_are_logged_when_asked():
    with command("--port", "0", "--verbose", *SMALL) as process:
        client = client_of(process)
        client.login()
        process.terminate()
        _output, errors = process.communicate(timeout=TIMEOUT)
    assert "POST /api/login" in errors
    assert "espresso" not in errors
