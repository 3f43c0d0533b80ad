"""An administrator finds out why jobs failed, and requeues them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from setup.demo.stack import Stack
from setup.odoo_run import Runner

from .pages import entry, stat

SCRIPT = Path(__file__).parent / "failed_jobs.py"
ACTIONS = "/odoo/action-queue_job.action_queue_job"
CHANNEL = "root.orders"


@pytest.fixture
def failed_jobs(odoo: Runner, kitchen: Stack) -> None:
    """Two jobs failed with the same error; a third one depends on one of them."""
    database = kitchen.client.database
    subprocess.run(
        [*odoo.program("shell"), f"--database={database}", "--no-http"],
        env=odoo.environment(),
        input=SCRIPT.read_text(),
        check=True,
        text=True,
    )


@pytest.mark.usefixtures("failed_jobs")
def test_failed_jobs_are_explained_and_requeued(
    kitchen: Stack, open_odoo: Callable[..., Page], picture: Callable[..., None]
) -> None:
    page = open_odoo(ACTIONS)
    row = page.locator(".o_data_row", has_text="Send the order")
    expect(row).to_contain_text("Failed")
    expect(row).to_contain_text("The shop is closed")
    picture(page, "queue_jobs")

    row.locator("[name=name]").click()
    failure = page.locator("#exc_name")
    expect(failure).to_contain_text("The shop is closed")
    expect(failure).to_contain_text("my_shop/models/order.py:345 in send")
    picture(page, "queue_job_form")
    page.locator(".nav-link[name=dependencies]").click()
    graph = page.locator(".o_field_widget[name=dependency_graph]")
    expect(graph.locator("text", has_text="Send the invoice")).to_be_visible()
    picture(page, "queue_job_graph")

    show_channel(page, picture)
    page.goto(f"{ACTIONS}_cause")
    cause = page.locator(".o_data_row", has_text="The shop is closed")
    expect(cause.locator("[name=job_count]")).to_have_text("2")
    picture(page, "queue_causes")
    cause.locator("button[name=action_requeue]").click()
    expect(cause).to_have_count(0)
    page.goto(ACTIONS)
    expect(page.locator(".o_data_row", has_text="The shop is closed")).to_have_count(0)


def show_channel(page: Page, picture: Callable[..., None]) -> None:
    """Open the channel of the jobs, which counts them."""
    page.goto(f"{ACTIONS}_channel")
    page.get_by_role("cell", name=re.compile(rf"^{re.escape(CHANNEL)}$")).first.click()
    expect(entry(page, "name")).to_have_value("orders")
    expect(page.locator(".o_field_widget[name=capacity_in_force]")).to_have_text("4")
    expect(stat(page, "Failed")).to_contain_text("2")
    expect(stat(page, "Waiting")).to_contain_text("1")
    picture(page, "queue_channel")
