"""Firmware 2 on the wire: nested records, prices in cents, pages in an envelope."""

from typing import Any

from . import fields
from .moments import write
from .paging import Page
from .records import CURRENCY, Badge, Brew, Recipe
from .store import Store

RECIPE_FIELDS: fields.Fields = {
    "name": ("name", fields.text),
    "price.amount": ("price_cents", fields.cents),
    "price.currency": (None, fields.currency),
    "brewing.strength": ("strength", fields.strength),
    "brewing.volume_ml": ("volume_ml", fields.volume_ml),
    "active": ("active", fields.boolean),
}

BADGE_FIELDS: fields.Fields = {
    "holder.name": ("holder_name", fields.text),
    "holder.email": ("holder_email", fields.email_or_null),
    "ref": ("ref", fields.text_or_null),
    "active": ("active", fields.boolean),
}


def recipe(record: Recipe) -> dict[str, Any]:
    return {
        "id": record.id,
        "name": record.name,
        "price": _price(record.price_cents),
        "brewing": {"strength": record.strength, "volume_ml": record.volume_ml},
        "active": record.active,
        "updated_at": write(record.updated_at),
    }


def badge(record: Badge) -> dict[str, Any]:
    return {
        "id": record.id,
        "holder": {"name": record.holder_name, "email": record.holder_email},
        "ref": record.ref,
        "active": record.active,
        "updated_at": write(record.updated_at),
    }


def brew(record: Brew, store: Store) -> dict[str, Any]:
    poured = store.recipes.get(record.recipe_id)
    return {
        "id": record.id,
        "recipe": {"id": record.recipe_id, "name": poured.name},
        "badge": {"id": record.badge_id},
        "price": _price(record.price_cents),
        "brewed_at": write(record.brewed_at),
        "updated_at": write(record.updated_at),
    }


def page(of: Page) -> tuple[dict[str, Any], dict[str, str]]:
    """The body and the headers of one page."""
    return {
        "items": of.items,
        "page": of.page,
        "per_page": of.per_page,
        "total": of.total,
        "next": of.next_url,
    }, {}


def _price(cents: int) -> dict[str, Any]:
    return {"amount": cents, "currency": CURRENCY}
