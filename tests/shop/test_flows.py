"""A connector keeps Odoo and the shop equal, whatever happens.

The tests follow each other: each goes on from what the one before has left.
"""

from __future__ import annotations

import os

import pytest

from .odoo_side import BINDINGS
from .stage import Stage
from .steps import Steps

SEED = int(os.environ.get("CRASH_SEED") or 11)


@pytest.fixture(scope="module")
def steps(stage: Stage) -> Steps:
    print(f"CRASH_SEED={SEED}")
    return Steps(stage, SEED)


def test_a_full_import_has_everything(steps: Steps) -> None:
    assert steps.everything() == []
    assert all(one.compared_fields for one in steps.compared[: len(BINDINGS)])


def test_a_repeated_import_writes_nothing_on_either_side(steps: Steps) -> None:
    assert steps.again() == []


def test_edits_arrive(steps: Steps) -> None:
    assert steps.edited(12) == []


def test_a_bad_line_loses_nothing(steps: Steps) -> None:
    assert steps.on_a_bad_line(8, 0.1) == []


def test_killed_servers_lose_nothing(steps: Steps) -> None:
    assert steps.killed(8) == []


def test_deletions_arrive(steps: Steps) -> None:
    assert steps.deleted(0.05) == []


def test_orders_edits_and_webhooks_at_once(steps: Steps) -> None:
    assert steps.at_once(orders=6, edits=6) == []


def test_a_difference_would_have_been_found(stage: Stage) -> None:
    """Write in Odoo behind the connector's back; this is the last test."""
    call, records = stage.odoo.client.call, stage.odoo.client.records
    for model, field, value in (
        ("medusa.product.template", "name", "Another"),
        ("medusa.res.partner", "street", "Another"),
        ("medusa.sale.order", "client_order_ref", "Another"),
    ):
        (bound,) = records(model, [("odoo_id", "!=", False)], ["odoo_id"], limit=1)
        target = model.removeprefix("medusa.")
        call(target, "write", [bound["odoo_id"][0]], {field: value})
    found = {one.kind: len(one.differences) for one in stage.compare()}
    assert (found["products"], found["customers"], found["orders"]) == (1, 1, 1)
