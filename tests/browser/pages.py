"""What a person does on a page of Odoo, and waits for."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

SECONDS = 60


def entry(page: Page, field: str) -> Locator:
    """Return where to write the value of a field."""
    return page.locator(f".o_field_widget[name={field}] input:visible").last


def fill(page: Page, field: str, value: str) -> None:
    """Write into a field of the form, and leave it."""
    entry(page, field).fill(value)
    entry(page, field).blur()


def choose(page: Page, field: str, label: str) -> None:
    """Choose the record of that name in a field of the form."""
    entry(page, field).fill(label)
    page.locator(".o-autocomplete--dropdown-item").get_by_text(label).first.click()


def select(page: Page, field: str, label: str) -> None:
    """Select the value of that label in a field of the form."""
    entry(page, field).click()
    page.locator(".o_select_menu_item").get_by_text(label, exact=True).click()


def press(page: Page, method: str, label: str = "") -> None:
    """Press the button of that method; of several, the one with the label."""
    button = page.locator(f"button[name={method}]:visible", has_text=label or None)
    button.first.click()


def save(page: Page) -> None:
    """Save the form, and wait until that is done."""
    page.locator(".o_form_button_save:visible").last.click()
    expect(page.locator(".o_form_button_save:visible")).to_have_count(0)


def stat(page: Page, label: str) -> Locator:
    """Return the button with a number of that label."""
    pattern = re.compile(rf"^\s*{re.escape(label)}\s*$")
    text = page.locator(".o_stat_text").filter(has_text=pattern)
    return page.locator(".oe_stat_button").filter(has=text)


def until(condition: Callable[[], object]) -> None:
    """Wait until the condition holds: nothing on a page tells of it."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"it took more than {SECONDS} seconds"
        time.sleep(0.1)
