"""The throttling seen by one server applies to the others."""

from __future__ import annotations

import requests

from setup.demo.stack import Stack

from .test_outage import make_contacts, wait_for


def test_a_server_that_never_called_waits_when_another_one_was_throttled(
    kitchen: Stack, backend: int, start_job_server
) -> None:
    records = kitchen.client.records
    before = max((job["id"] for job in records("queue.job", [], [])), default=0)
    faults = f"{kitchen.machine.url}/admin/faults"
    busy = {"rate": 1, "kinds": ["rate_limit"], "retry_after": 300}
    requests.put(faults, json=busy, timeout=30)
    try:
        throttled = given(kitchen)
        make_contacts(kitchen, backend, 1)
        wait_for(lambda: given(kitchen) > throttled)
        log = start_job_server()

        def a_job_waits_on_the_new_server() -> bool:
            make_contacts(kitchen, backend, 1)
            return "Job postponed: " in log.read_text()

        wait_for(a_job_waits_on_the_new_server, every=1)
        assert "asked to retry later (429" in log.read_text()
        assert given(kitchen) == throttled + 1, "only one has sent a request"
    finally:
        requests.delete(faults, timeout=30)
        unfinished = [("id", ">", before), ("state", "!=", "done")]
        waiting = [job["id"] for job in records("queue.job", unfinished, [])]
        kitchen.client.call("queue.job", "button_cancelled", waiting)


def given(kitchen: Stack) -> int:
    """Return the number of requests with status 429."""
    stats = requests.get(f"{kitchen.machine.url}/admin/stats", timeout=30).json()
    return stats["faults"].get("rate_limit", 0)
