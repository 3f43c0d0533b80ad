"""Two directions at once: edits in both systems during imports, webhooks and exports.

One seed determines all edits, and which webhook deliveries are dropped, late, or
repeated. Only the interleaving of the jobs of two workers is random.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib
import itertools
import json
import os
import random
import sys
import time
import types
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
import requests

from setup import paths, ports, scaffold
from setup.demo.client import Client, OdooError
from setup.odoo_run import Runner
from setup.processes import Processes, Server

#: ``BOTH_DIRECTIONS=500,2000`` for the big one.
RECORDS, EDITS = map(int, os.environ.get("BOTH_DIRECTIONS", "120,480").split(","))
SEED = 20
SECONDS = 300
PATH, BINDING = "/api/contacts", "tea.res.partner"
COUNTRIES = ["BE", "FR", "DE", "IT", "NL"]
OPEN = ("state", "in", ["wait_dependencies", "pending", "enqueued", "started"])


class Tea:
    """A scaffolded connector in Odoo, and the system it synchronizes contacts with."""

    def __init__(self, url: str, database: str, api):
        self.url, self.database, self.api = url, database, api
        self.client = self.session()
        self.backend: int = 0
        self._hook, self._secret = "", ""
        self._numbers = itertools.count()

    def session(self) -> Client:
        client = Client(self.url, self.database)
        client.login()
        return client

    def set_up(self) -> None:
        call = self.client.call
        (self.backend,) = call(
            "tea.backend",
            "create",
            [
                {
                    "name": "Tea",
                    "location": self.api.url,
                    "username": self.api.username,
                    "password": self.api.password,
                }
            ],
        )
        endpoint = call("tea.backend", "action_open_webhook", [self.backend])["res_id"]
        shown = call("connector.webhook.endpoint", "action_renew", [endpoint])
        token = shown["context"]["default_url"].rpartition("/")[2]
        self._hook = f"{self.url}/connector/webhook/{token}"
        self._secret = shown["context"]["default_secret"]

    def import_new(self) -> int:
        """Start an import, or join the one in progress."""
        context = {"connector_flow": "import_contacts"}
        action = self.client.call(
            "tea.backend", "action_start_flow", [self.backend], context=context
        )
        return action["res_id"]

    def rest(self) -> None:
        """Wait until no job is left."""
        until(lambda: not self.client.records("queue.job", [OPEN], [], limit=1))

    def event(self, record: dict) -> bytes:
        content = {"id": f"event-{next(self._numbers)}", "contact": record}
        return json.dumps(content).encode()

    def deliver(self, body: bytes) -> None:
        signature = hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "X-Signature": f"sha256={signature}",
            "Content-Type": "application/json",
        }
        response = requests.post(self._hook, body, headers=headers, timeout=60)
        response.raise_for_status()

    def contacts(self) -> dict[str, dict]:
        """Return the records of Odoo, by external ID."""
        own = [("backend_id", "=", self.backend)]
        names = ["external_id", "odoo_id", "name", "email", "country_code"]
        found = self.client.records(BINDING, own, names)
        assert len({contact["external_id"] for contact in found}) == len(found)
        return {contact["external_id"]: contact for contact in found}

    def patches(self) -> int:
        return self.api.calls("PATCH", PATH)


@pytest.fixture
def tea(
    odoo: Runner, servers: Processes, make_database, tmp_path: Path, monkeypatch
) -> Iterator[Tea]:
    """The connector, installed in a server, and a server with two job workers."""
    scaffold.run(odoo, ["connector_tea", "--folder", str(tmp_path)])
    receiver = tmp_path / "connector_tea" / "components.py"
    by_id = 'importer.run(event.content()["contact"]["id"])'
    text = receiver.read_text()
    assert by_id in text
    with_content = 'record = event.content()["contact"]\n        '
    with_content += 'return importer.run(record["id"], record=record)'
    receiver.write_text(text.replace(f"return {by_id}", with_content))
    monkeypatch.setenv("ADDONS_PATH", str(tmp_path))

    database = make_database(["connector"])
    port = ports.any_free()
    server = servers.start(
        "Odoo",
        odoo.command(
            database,
            init=["connector_tea"],
            options=[
                f"--http-port={port}",
                f"--gevent-port={ports.any_free()}",
                "--workers=0",
                "--max-cron-threads=0",
            ],
        ),
        tmp_path / "odoo.log",
        env=odoo.environment(),
    )
    url = f"http://{ports.HOST}:{port}"
    server.wait_until(lambda: responds(url, database), SECONDS, "installing")
    start_job_server(odoo, servers, database, tmp_path / "job_server.log")
    with fake_api() as api:
        made = Tea(url, database, api)
        made.set_up()
        yield made


def start_job_server(
    odoo: Runner, servers: Processes, database: str, log: Path
) -> Server:
    return servers.start(
        "a job server with two workers",
        [
            *odoo.program("queue_worker"),
            f"--database={database}",
            "--job-workers=2",
        ],
        log,
        env={**odoo.environment(), "ODOO_RC": str(odoo.configuration())},
    )


def responds(url: str, database: str) -> bool:
    try:
        Client(url, database).login()
    except (requests.RequestException, OdooError):
        return False
    return True


def fake_api():
    """Return the fake system of connector tests, without Odoo."""
    package = types.ModuleType("connector_fakes")
    package.__path__ = [str(paths.CHECKOUT / "connector" / "tests")]
    sys.modules[package.__name__] = package
    module = importlib.import_module(f"{package.__name__}.fake_api")
    return module.FakeApi(PATH)


def test_at_rest_both_sides_are_equal_and_no_edit_is_lost(tea: Tea) -> None:
    ids = [
        tea.api.add(PATH, name=f"Contact {n}", email=f"c{n}@example.com", country="BE")[
            "id"
        ]
        for n in range(RECORDS)
    ]
    tea.import_new()
    tea.rest()
    partners = {key: contact["odoo_id"][0] for key, contact in tea.contacts().items()}
    assert len(partners) == RECORDS

    last = edit_both_sides(tea, ids, partners)
    tea.rest()
    settle(tea)

    failed = tea.client.records(
        "queue.job", [("state", "=", "failed")], ["exc_message"]
    )
    assert not failed
    conflicts = {
        external_id
        for line in tea.client.records(
            "connector.sync.line",
            [("reason", "ilike", "both sides")],
            ["external_id"],
        )
        for external_id in line["external_id"].split(", ")
    }
    remotes, ours = tea.api.records(PATH), tea.contacts()
    assert len(remotes) == len(ours) == RECORDS
    for external_id in ids:
        remote_record, odoo_record = remotes[external_id], ours[str(external_id)]
        pairs = {
            "name": (remote_record["name"], odoo_record["name"]),
            "email": (remote_record["email"] or False, odoo_record["email"]),
            "country": (remote_record["country"], odoo_record["country_code"]),
        }
        for field, (remote, local) in pairs.items():
            assert remote == local or str(external_id) in conflicts, (
                remote_record,
                odoo_record,
            )
            if edits := last.get((external_id, field)):
                assert remote in edits, (external_id, field, remote, edits)

    patches = tea.patches()
    settle(tea)
    assert tea.patches() == patches, "both systems keep sending the same"


def edit_both_sides(tea: Tea, ids: list, partners: dict[str, int]) -> dict:
    """Edit records, during consecutive imports.

    :return: the last value of each field in each system, by external ID and field
    """
    rng = random.Random(SEED)
    edits: dict[bool, list[tuple]] = {True: [], False: []}
    last: dict[tuple, dict] = {}
    for number in range(EDITS):
        external_id = rng.choice(ids)
        field = rng.choice(["name", "email", "country"])
        value = {
            "name": f"Name {number}",
            "email": f"e{number}@example.com",
            "country": rng.choice(COUNTRIES),
        }[field]
        remote = rng.random() < 0.5
        edits[remote].append((external_id, field, value))
        last.setdefault((external_id, field), {})[remote] = value
    over = Event()
    with ThreadPoolExecutor(4) as pool:
        imports = pool.submit(import_until, tea, over)
        work = [pool.submit(edit_remote, tea, edits[True], random.Random(SEED))]
        # Two users, each with half of the records, so that edits are ordered.
        for person in range(2):
            own = [edit for edit in edits[False] if edit[0] % 2 == person]
            work.append(pool.submit(edit_here, tea, own, partners))
        try:
            for done in work:
                done.result(SECONDS)
        finally:
            over.set()
        imports.result(SECONDS)
    return {key: set(values.values()) for key, values in last.items()}


def edit_here(tea: Tea, edits: list[tuple], partners: dict[str, int]) -> None:
    client = tea.session()
    countries = {
        country["code"]: country["id"]
        for country in client.records(
            "res.country", [("code", "in", COUNTRIES)], ["code"]
        )
    }
    for external_id, field, value in edits:
        name, value = (
            ("country_id", countries[value]) if field == "country" else (field, value)
        )
        client.call("res.partner", "write", [partners[str(external_id)]], {name: value})


def edit_remote(tea: Tea, edits: list[tuple], rng: random.Random) -> None:
    """Edit in the external system, and send unreliable webhooks."""
    late: list[bytes] = []
    for external_id, field, value in edits:
        event = tea.event(tea.api.change(PATH, external_id, **{field: value}))
        chance = rng.random()
        if chance < 0.1:
            continue
        if chance < 0.2:
            late.append(event)
        else:
            tea.deliver(event)
        if chance > 0.9:
            tea.deliver(event)
        if late and rng.random() < 0.1:
            tea.deliver(late.pop(rng.randrange(len(late))))
    for event in late:
        tea.deliver(event)


def import_until(tea: Tea, over: Event) -> None:
    while not over.wait(0.5):
        tea.import_new()


def settle(tea: Tea) -> None:
    """Import twice: changes caused by the first import are exported too."""
    for _time in range(2):
        tea.import_new()
        tea.rest()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"it took more than {SECONDS} seconds"
        time.sleep(0.1)
