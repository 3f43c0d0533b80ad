"""A manager sees on one page which backends need attention, and finds out why."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from setup.demo.coffee_machine import PASSWORD, USER
from setup.demo.stack import Stack

from .pages import fill, press, select, until

BACKENDS = "/odoo/action-connector_coffee.action_coffee_backend"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def backends(kitchen: Stack) -> dict[str, int]:
    """Backends of each status, by name."""
    call = kitchen.client.call
    ids = {}
    for name, changes in {
        "Basement": {"location": NOWHERE},
        "Kitchen": {},
        "Lobby": {},
        "Third floor": {"password": "latte"},
    }.items():
        values = {
            "name": name,
            "location": kitchen.machine.url,
            "username": USER,
            "password": PASSWORD,
            **changes,
        }
        (ids[name],) = call("coffee.backend", "create", [values])
    call("coffee.backend", "action_test_connection", [ids["Kitchen"]])
    for name, flow in (
        ("Kitchen", "recipes"),
        ("Kitchen", "brews"),
        ("Third floor", "recipes"),
    ):
        start(kitchen, ids[name], flow)
        wait_for_end(kitchen, ids[name])
    start(kitchen, ids["Basement"], "recipes")
    return ids


def start(kitchen: Stack, backend: int, flow: str) -> None:
    """Start a flow of a backend."""
    context = {"connector_flow": flow}
    kitchen.client.call(
        "coffee.backend", "action_start_flow", [backend], context=context
    )


def wait_for_end(kitchen: Stack, backend: int) -> None:
    """Wait until no synchronization of a backend is in progress."""
    domain = [("backend_id", "=", backend), ("state", "in", ("pending", "running"))]
    until(lambda: not kitchen.client.records("connector.sync.run", domain, []))


def test_the_overview_shows_which_backends_need_attention(
    kitchen: Stack,
    backends: dict[str, int],
    open_odoo: Callable[..., Page],
    picture: Callable[..., None],
) -> None:
    on_hold = [("name", "=", "Basement"), ("status", "=", "on_hold")]
    until(lambda: kitchen.client.records("connector.backend.overview", on_hold, []))
    page = open_odoo("/odoo/connectors")
    for name, texts in {
        "Basement": ("On Hold", "cannot be reached", "1 in progress"),
        "Kitchen": ("Connected", "created today"),
        "Lobby": ("Not Tested", "No activity today"),
        "Third floor": ("Error", "1 failed today", "1 unresolved"),
    }.items():
        for text in texts:
            expect(card(page, name)).to_contain_text(text)
    picture(page, "connector_home")

    card(page, "Third floor").get_by_text("failed today").click()
    page.locator(".o_data_row .o_data_cell").first.click()
    expect(page.locator(".o_form_sheet .alert-warning")).to_contain_text(
        "Check the user name and the password"
    )
    expect(page.locator("button[name=action_retry_failed]")).to_be_visible()
    picture(page, "connector_run")


def test_a_preview_shows_what_an_import_would_change(
    kitchen: Stack,
    backends: dict[str, int],
    open_odoo: Callable[..., Page],
    picture: Callable[..., None],
) -> None:
    brew = max(kitchen.machine.data()["brews"])
    page = open_odoo(f"{BACKENDS}/{backends['Lobby']}")
    press(page, "action_preview_import")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("without saving anything")
    select(page, "model", "Brewed Coffee")
    fill(page, "external_id", str(brew))
    press(page, "action_preview")
    for field in ("line_ids", "dependency_ids"):
        rows = dialog.locator(f".o_field_widget[name={field}] .o_data_row")
        expect(rows.filter(has_text="Recipe").first).to_be_visible()
    picture(page, "connector_preview")


def card(page: Page, name: str) -> Locator:
    """Return the card of a backend."""
    # tests before this one may have left a backend with a longer name
    exactly = re.compile(rf"^\s*{re.escape(name)}\s*$")
    title = page.locator("[name=name], .fw-bold").filter(has_text=exactly)
    return page.locator(".o_kanban_record").filter(has=title)
