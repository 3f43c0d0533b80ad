"""Two jobs that create the same record."""

from __future__ import annotations

from setup.demo.stack import Stack

from .test_outage import wait_for
from .test_webhook import pour


def test_a_record_imported_by_two_jobs_at_once_is_one_and_no_error(
    kitchen: Stack, backend: int, line, start_job_server
) -> None:
    start_job_server()
    call, records = kitchen.client.call, kitchen.client.records
    line.machine, line.loses = kitchen.machine.url, False
    line.hold = ("GET", "/api/recipes?per_page=50")
    call("coffee.backend", "write", [backend], {"location": line.url})
    call("coffee.backend", "action_register_webhook", [backend])
    errors = log(kitchen).count(" ERROR ")

    action = call(
        "coffee.backend",
        "action_start_flow",
        [backend],
        context={"connector_flow": "recipes"},
    )
    assert line.held.wait(120), "the list of recipes is read by a job"
    brew = pour(kitchen)
    # backends of other tests may have a brew of this number as well
    imported = [("coffee_id", "=", brew), ("backend_id", "=", backend)]
    wait_for(lambda: records("coffee.brew", imported, []))
    line.release_responses()

    def run() -> dict:
        names = ["state", "seen", "created", "unchanged", "failed"]
        return call("connector.sync.run", "read", [action["res_id"]], names)[0]

    wait_for(lambda: run()["state"] in ("done", "failed"))
    assert run() == {
        "id": action["res_id"],
        "state": "done",
        "seen": 5,
        "created": 4,
        "unchanged": 1,
        "failed": 0,
    }
    mine = [("backend_id", "=", backend)]
    recipes = records("coffee.product.product", mine, ["coffee_id"])
    assert len({recipe["coffee_id"] for recipe in recipes}) == len(recipes) == 5
    assert log(kitchen).count(" ERROR ") == errors


def log(kitchen: Stack) -> str:
    return kitchen.odoo.log.read_text(errors="replace")
