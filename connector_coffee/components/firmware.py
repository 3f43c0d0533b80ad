"""The differences between the firmware versions."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from odoo.addons.component.core import AbstractComponent

if TYPE_CHECKING:
    from odoo.models import BaseModel


class Firmware1(AbstractComponent):
    """Flat records, prices as decimals in text."""

    _name = "coffee.firmware.1"
    _inherit = "coffee.base"
    _backend_version = "<2"

    def read_price(self, record: BaseModel) -> Any:
        return Decimal(record["price"]), record["currency"]

    def write_price(self, amount: float, currency: BaseModel) -> dict[str, Any]:
        return {"price": f"{amount:.2f}", "currency": currency}


class Firmware2(AbstractComponent):
    """Nested records, prices in cents."""

    _name = "coffee.firmware.2"
    _inherit = "coffee.base"
    _backend_version = ">=2"

    def read_price(self, record: BaseModel) -> Any:
        return Decimal(record["price"]["amount"]) / 100, record["price"]["currency"]

    def write_price(self, amount: float, currency: BaseModel) -> dict[str, Any]:
        return {"price": {"amount": round(amount * 100), "currency": currency}}
