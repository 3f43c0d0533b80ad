"""What a shop needs before it sells: regions, taxes, a warehouse, shipping, keys."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .api import Api

#: standard rates of tax in percent by country, and the region each country belongs to
TAX_RATES = {"be": 21, "de": 19, "fr": 20, "us": 8.875}
REGIONS = {"Europe": ("eur", ["be", "de", "fr"]), "America": ("usd", ["us"])}
SHIPPING = {"Standard": {"eur": 4.9, "usd": 5.9}, "Express": {"eur": 12.5, "usd": 15}}
PROMOTIONS: dict[str, dict[str, Any]] = {
    "TENPERCENT": {"type": "percentage", "value": 10},
    "THIRD": {"type": "percentage", "value": 33.333},
}
PAYMENT = "pp_system_default"


@dataclass(frozen=True)
class Ground:
    """The ids and keys of what is there once."""

    sales_channel: str
    location: str
    profile: str
    regions: dict[str, str]
    shipping: dict[str, str]
    publishable_key: str
    secret_key: str

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return asdict(self)


def lay(api: Api) -> Ground:
    """Make all of it in a new shop."""
    channel = api.post("/admin/sales-channels", {"name": "Web shop"})["sales_channel"]
    _currencies(api, channel["id"])
    location = _location(api, channel["id"])
    profile = api.post(
        "/admin/shipping-profiles", {"name": "Parcels", "type": "parcel"}
    )
    profile_id = profile["shipping_profile"]["id"]
    for country, rate in TAX_RATES.items():
        name = f"Tax {rate} % {country.upper()}"
        api.post(
            "/admin/tax-regions",
            {
                "country_code": country,
                "provider_id": "tp_system",
                "default_tax_rate": {"name": name, "code": country, "rate": rate},
            },
        )
    for code, method in PROMOTIONS.items():
        _promotion(api, code, method)
    keys = [_key(api, kind, channel["id"]) for kind in ("publishable", "secret")]
    return Ground(
        sales_channel=channel["id"],
        location=location,
        profile=profile_id,
        regions={name: _region(api, name) for name in REGIONS},
        shipping=_shipping(api, location, profile_id),
        publishable_key=keys[0],
        secret_key=keys[1],
    )


def _currencies(api: Api, channel: str) -> None:
    (store,) = api.get("/admin/stores")["stores"]
    currencies = [
        {"currency_code": "eur", "is_default": True},
        {"currency_code": "usd"},
    ]
    body = {
        "name": "Kettle & Cup",
        "supported_currencies": currencies,
        "default_sales_channel_id": channel,
    }
    api.post(f"/admin/stores/{store['id']}", body)


def _location(api: Api, channel: str) -> str:
    address = {"address_1": "Dok Noord 4", "city": "Gent", "country_code": "be"}
    body = {"name": "Gent", "address": address}
    location = api.post("/admin/stock-locations", body)["stock_location"]["id"]
    path = f"/admin/stock-locations/{location}"
    api.post(f"{path}/fulfillment-providers", {"add": ["manual_manual"]})
    api.post(f"{path}/sales-channels", {"add": [channel]})
    return location


def _region(api: Api, name: str) -> str:
    currency, countries = REGIONS[name]
    body = {
        "name": name,
        "currency_code": currency,
        "countries": countries,
        "payment_providers": [PAYMENT],
    }
    return api.post("/admin/regions", body)["region"]["id"]


def _shipping(api: Api, location: str, profile: str) -> dict[str, str]:
    path = f"/admin/stock-locations/{location}/fulfillment-sets"
    body = {"name": "Parcels", "type": "shipping"}
    made = api.post(path, body, fields="*fulfillment_sets")["stock_location"]
    zones = f"/admin/fulfillment-sets/{made['fulfillment_sets'][0]['id']}/service-zones"
    areas = [{"type": "country", "country_code": code} for code in TAX_RATES]
    made = api.post(zones, {"name": "All", "geo_zones": areas})["fulfillment_set"]
    return {
        name: api.post(
            "/admin/shipping-options",
            {
                "name": name,
                "service_zone_id": made["service_zones"][0]["id"],
                "shipping_profile_id": profile,
                "provider_id": "manual_manual",
                "price_type": "flat",
                "type": {"label": name, "description": name, "code": name.lower()},
                "prices": [
                    {"currency_code": currency, "amount": amount}
                    for currency, amount in prices.items()
                ],
                "rules": [
                    {
                        "attribute": "enabled_in_store",
                        "value": "true",
                        "operator": "eq",
                    },
                    {"attribute": "is_return", "value": "false", "operator": "eq"},
                ],
            },
        )["shipping_option"]["id"]
        for name, prices in SHIPPING.items()
    }


def _promotion(api: Api, code: str, method: dict[str, Any]) -> None:
    application = {"target_type": "items", "allocation": "across", **method}
    body = {
        "code": code,
        "type": "standard",
        "status": "active",
        "is_automatic": False,
        "application_method": application,
    }
    api.post("/admin/promotions", body)


def _key(api: Api, kind: str, channel: str) -> str:
    key = api.post("/admin/api-keys", {"title": f"Odoo, {kind}", "type": kind})[
        "api_key"
    ]
    if kind == "publishable":
        path = f"/admin/api-keys/{key['id']}/sales-channels"
        api.post(path, {"add": [channel]})
    return key["token"]
