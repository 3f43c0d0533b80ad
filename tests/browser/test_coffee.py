"""A coffee machine is connected and used, by people with a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import Page, expect

from setup.demo.coffee_machine import PASSWORD, USER
from setup.demo.stack import Stack

from .pages import choose, entry, fill, press, save, stat, until

ACTIONS = "/odoo/action-connector_coffee.action_coffee"
TAG = "Coffee drinkers"


def test_a_manager_connects_a_machine_and_uses_it(
    kitchen: Stack, open_odoo: Callable[..., Page], picture: Callable[..., None]
) -> None:
    kitchen.client.call("res.partner.category", "create", [{"name": TAG}])
    page = open_odoo(f"{ACTIONS}_backend")
    connect(page, kitchen, picture)
    machine = page.url
    synchronize(page, kitchen, machine, picture)
    change_a_price(page, kitchen, picture)
    drink(page, kitchen, picture)


def connect(page: Page, kitchen: Stack, picture: Callable[..., None]) -> None:
    """Make a backend, with a wrong password first."""
    expect(page.get_by_text("Connect your first coffee machine")).to_be_visible()
    picture(page, "coffee_none")
    page.locator(".o-kanban-button-new:visible").first.click()
    fill(page, "name", "Kitchen, second floor")
    fill(page, "location", kitchen.machine.url)
    fill(page, "username", USER)
    fill(page, "password", "latte")
    press(page, "action_test_connection")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Check the user name and the password")
    expect(dialog).not_to_contain_text("latte")
    picture(page, "coffee_wrong_password")
    dialog.get_by_role("button", name="Close").first.click()
    failure = page.locator(".o_form_sheet .alert-danger")
    expect(failure).to_contain_text("Check the user name and the password")
    # What was written is not sent to the browser again.
    expect(entry(page, "password")).to_have_value("")
    fill(page, "location", "nowhere at all")
    press(page, "action_test_connection")
    dialog.get_by_role("button", name="Close").first.click()
    expect(failure).to_contain_text("nowhere at all")
    fill(page, "location", kitchen.machine.url)

    fill(page, "password", PASSWORD)
    press(page, "action_test_connection")
    expect(page.locator(".o_notification")).to_contain_text("Connection successful")
    expect(page.locator(".o_form_sheet .alert-success")).to_contain_text("Barista 9000")
    choose(page, "partner_category_id", TAG)
    save(page)


def synchronize(
    page: Page, kitchen: Stack, machine: str, picture: Callable[..., None]
) -> None:
    """Import with a progress bar, and have the machine tell what is brewed."""
    press(page, "action_start_flow", "Import Recipes")
    expect(page.locator(".o_field_widget[name=progress]")).to_be_visible()
    until_done(page)
    expect(page.locator(".o_field_widget[name=created]")).to_contain_text("60")
    picture(page, "coffee_import")
    page.goto(machine)
    press(page, "action_start_flow", "Import Brews")
    until_done(page)
    page.goto(machine)
    press(page, "action_register_webhook")
    until(lambda: kitchen.client.records("connector.webhook.endpoint", [], []))
    page.goto(machine)
    expect(stat(page, "Brews")).to_contain_text("300")
    expect(stat(page, "Badges")).to_contain_text("8")
    fill(page, "latency_alert_minutes", "10")
    choose(page, "busy_recipe_id", "Espresso")
    choose(page, "busy_badge_id", a_drinker(kitchen))
    save(page)
    picture(page, "backend_form")
    stat(page, "Recipes").click()
    expect(page.locator(".o_data_row").first).to_be_visible()
    picture(page, "coffee_recipes")


def change_a_price(page: Page, kitchen: Stack, picture: Callable[..., None]) -> None:
    """Change it in Odoo, and find it on the machine."""
    recipe = kitchen.client.records(
        "coffee.product.product", [("active", "=", True)], ["coffee_id", "odoo_id"]
    )[0]
    product = kitchen.client.records(
        "product.product", [("id", "=", recipe["odoo_id"][0])], ["product_tmpl_id"]
    )[0]
    template = product["product_tmpl_id"][0]
    page.goto(f"/odoo/action-product.product_template_action_all/{template}")
    page.locator(".nav-link[name=coffee]").click()
    row = page.locator("[name=coffee_bind_ids] .o_data_row")
    expect(row.locator("[name=coffee_id]")).to_have_text(str(recipe["coffee_id"]))
    picture(page, "coffee_product")
    press(page, "action_export_now")
    expect(page.locator(".o_notification")).to_contain_text("Export started")
    page.locator(".nav-link[name=general_information]").click()
    fill(page, "list_price", "9.87")
    save(page)

    def machine_price() -> int:
        recipes = kitchen.machine.data()["recipes"]
        return recipes[recipe["coffee_id"]]["price"]["amount"]

    until(lambda: machine_price() == 987)


def drink(page: Page, kitchen: Stack, picture: Callable[..., None]) -> None:
    """See a coffee arrive when it is brewed, and who drinks how much."""
    pour(kitchen)
    until(lambda: len(kitchen.client.records("coffee.brew", [], [])) == 301)
    page.goto(f"{ACTIONS}_brew")
    expect(page.locator(".o_graph_renderer canvas")).to_be_visible()
    picture(page, "coffee_per_day")
    page.locator(".o_switch_view.o_list").click()
    expect(page.locator(".o_pager_limit")).to_have_text("301")
    page.locator(".o_switch_view.o_pivot").click()
    expect(page.locator(".o_pivot table")).to_contain_text("Total")


@pytest.fixture
def machine_of_others(kitchen: Stack) -> int:
    """A backend with a brew, and users inside and outside its company."""
    call = kitchen.client.call
    (company,) = call("res.company", "create", [{"name": "Tea house"}])
    for login, companies in (("drinker", [1]), ("stranger", [company])):
        values = {
            "name": login.title(),
            "login": login,
            "password": login,
            "company_id": companies[0],
            "company_ids": [(6, 0, companies)],
        }
        call("res.users", "create", [values])
    values = {
        "name": "Canteen",
        "location": kitchen.machine.url,
        "username": USER,
        "password": PASSWORD,
        "company_id": 1,
    }
    (backend,) = call("coffee.backend", "create", [values])
    brew = {"backend_id": backend, "coffee_id": 1, "brewed_at": "2026-01-01 08:00:00"}
    call("coffee.brew", "create", [brew])
    return backend


def test_users_see_what_their_company_drinks_and_nobody_elses(
    machine_of_others: int, open_odoo: Callable[..., Page]
) -> None:
    page = open_odoo(f"{ACTIONS}_brew", "drinker", "drinker")
    page.locator(".o_switch_view.o_list").click()
    expect(page.locator(".o_data_row").first).to_be_visible()
    page.goto(f"{ACTIONS}_backend/{machine_of_others}")
    # Where the machine is, is not for those who drink.
    expect(page.get_by_role("dialog")).to_contain_text("access")
    expect(page.locator(".o_field_widget[name=location]")).to_have_count(0)

    page = open_odoo(f"{ACTIONS}_backend", "stranger", "stranger")
    expect(page.get_by_text("Connect your first coffee machine")).to_be_visible()
    page.goto(f"{ACTIONS}_brew")
    expect(page.get_by_text("No coffees brewed yet")).to_be_visible()


def a_drinker(kitchen: Stack) -> str:
    """Return the name of somebody with a badge."""
    badge, *_others = kitchen.client.records("coffee.res.partner", [], ["name"])
    return badge["name"]


def pour(kitchen: Stack) -> None:
    """Have a coffee, as one who stands before the machine."""
    url = kitchen.machine.url
    login = {"user": USER, "password": PASSWORD}
    token = requests.post(f"{url}/api/login", json=login, timeout=30).json()["token"]
    data = kitchen.machine.data()
    recipe, badge = (
        next(record["id"] for record in data[kind].values() if record["active"])
        for kind in ("recipes", "badges")
    )
    requests.post(
        f"{url}/api/brews",
        json={"recipe_id": recipe, "badge_id": badge},
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    ).raise_for_status()


def until_done(page: Page) -> None:
    """Wait until the current synchronization has ended."""
    done = page.locator(".o_statusbar_status .o_arrow_button_current")
    expect(done).to_have_text("Done")
