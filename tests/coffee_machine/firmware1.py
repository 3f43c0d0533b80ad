"""Firmware 1 on the wire: flat records, prices as decimals in texts."""

from typing import Any

from . import fields
from .moments import write
from .paging import Page
from .records import CURRENCY, Badge, Brew, Recipe
from .store import Store

RECIPE_FIELDS: fields.Fields = {
    "name": ("name", fields.text),
    "price": ("price_cents", fields.decimal_price),
    "currency": (None, fields.currency),
    "strength": ("strength", fields.strength),
    "volume_ml": ("volume_ml", fields.volume_ml),
    "active": ("active", fields.boolean),
}

BADGE_FIELDS: fields.Fields = {
    "holder_name": ("holder_name", fields.text),
    "holder_email": ("holder_email", fields.email_or_null),
    "ref": ("ref", fields.text_or_null),
    "active": ("active", fields.boolean),
}


def recipe(record: Recipe) -> dict[str, Any]:
    return {
        "id": record.id,
        "name": record.name,
        "price": _decimal(record.price_cents),
        "currency": CURRENCY,
        "strength": record.strength,
        "volume_ml": record.volume_ml,
        "active": record.active,
        "updated_at": write(record.updated_at),
    }


def badge(record: Badge) -> dict[str, Any]:
    return {
        "id": record.id,
        "holder_name": record.holder_name,
        "holder_email": record.holder_email,
        "ref": record.ref,
        "active": record.active,
        "updated_at": write(record.updated_at),
    }


def brew(record: Brew, store: Store) -> dict[str, Any]:
    return {
        "id": record.id,
        "recipe_id": record.recipe_id,
        "badge_id": record.badge_id,
        "price": _decimal(record.price_cents),
        "currency": CURRENCY,
        "brewed_at": write(record.brewed_at),
        "updated_at": write(record.updated_at),
    }


def page(of: Page) -> tuple[list, dict[str, str]]:
    """The body and the headers of one page."""
    headers = {"X-Total-Count": str(of.total)}
    if of.next_url:
        headers["Link"] = f'<{of.next_url}>; rel="next"'
    return of.items, headers


def _decimal(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
