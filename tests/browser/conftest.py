"""A browser, Odoo with job workers, and a coffee machine that nobody connected yet."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from setup import browser as chromium
from setup import databases, ports
from setup.demo import options, stack
from setup.odoo_run import Runner

PAGE_TIMEOUT = 60_000  # milliseconds

# Debian's Odoo comes without this library of the discuss app, and each missing file is
# an error in the browser's console.
MISSING = {
    "name": "library that is not there",
    "bundle": "web.assets_backend",
    "directive": "remove",
    "path": "mail/static/lib/selfie_segmentation/selfie_segmentation.js",
}


@pytest.fixture(scope="package")
def kitchen(odoo: Runner, postgresql: dict[str, str]) -> Iterator[stack.Stack]:
    """Odoo in one process, as its live updates need, and a machine of this year."""
    sizes = ["--firmware=2", "--recipes=60", "--badges=8", "--brews=300", "--workers=0"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("ODOO_PORT", str(ports.any_free()))
        patched.setenv("COFFEE_PORT", str(ports.any_free()))
        chosen = options.parse(sizes)
    try:
        with stack.running(odoo, chosen) as running:
            prepare(running)
            yield running
    finally:
        databases.drop(chosen.database)


def prepare(running: stack.Stack) -> None:
    """Give Odoo its address, and what tests of all users need."""
    call = running.client.call
    call("ir.asset", "create", [MISSING])
    call("ir.config_parameter", "set_param", "web.base.url", running.client.url)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's chromium."""
    path = chromium.find()
    if not path:
        pytest.skip("there is no browser on this machine")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield launched
        launched.close()


@pytest.fixture
def open_odoo(browser: Browser, kitchen: stack.Stack) -> Iterator[Callable[..., Page]]:
    """Log in and open a page of Odoo: ``open_odoo("/odoo/...", login="admin")``.

    The test fails if a script of the page does.
    """
    contexts, errors = [], []

    def opened(path: str, login: str = "admin", password: str = "admin") -> Page:
        context = browser.new_context(
            base_url=kitchen.client.url, viewport={"width": 1360, "height": 830}
        )
        context.set_default_timeout(PAGE_TIMEOUT)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto("/web/login")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", password)
        page.click("button[type=submit]")
        page.wait_for_url("**/odoo**")
        page.goto(path)
        return page

    expect.set_options(timeout=PAGE_TIMEOUT)
    yield opened
    for context in contexts:
        context.close()
    assert not errors


@pytest.fixture
def picture() -> Callable[..., None]:
    """Keep what a page shows, where ODOO_TEST_PICTURES names a folder for it."""
    folder = os.environ.get("ODOO_TEST_PICTURES")

    def take(page: Page, name: str) -> None:
        if folder:
            page.mouse.move(0, 0)
            expect(page.locator(".o_notification")).to_have_count(0)
            # What still moves, or comes late: avatars, the chart.
            page.wait_for_timeout(1000)
            path = Path(folder) / f"{name}.png"
            page.screenshot(path=path, animations="disabled", caret="hide")

    return take
