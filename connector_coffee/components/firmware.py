"""The differences between the firmware versions."""

from decimal import Decimal

from odoo.addons.component.core import AbstractComponent


class Firmware1(AbstractComponent):
    """Flat records, prices as decimals in text."""

    _name = "coffee.firmware.1"
    _inherit = "coffee.base"
    _backend_version = "<2"

    def read_price(self, record):
        return Decimal(record["price"]), record["currency"]

    def write_price(self, amount, currency):
        return {"price": f"{amount:.2f}", "currency": currency}


class Firmware2(AbstractComponent):
    """Nested records, prices in cents."""

    _name = "coffee.firmware.2"
    _inherit = "coffee.base"
    _backend_version = ">=2"

    def read_price(self, record):
        return Decimal(record["price"]["amount"]) / 100, record["price"]["currency"]

    def write_price(self, amount, currency):
        return {"price": {"amount": round(amount * 100), "currency": currency}}
