"""Prices on the wire: firmware 1 writes decimals as text, firmware 2 counts cents."""

from decimal import Decimal


def read_text(record: dict) -> tuple[Decimal, str]:
    """Return amount and currency code of a record of firmware 1."""
    return Decimal(record["price"]), record["currency"]


def read_cents(record: dict) -> tuple[Decimal, str]:
    """Return amount and currency code of a record of firmware 2."""
    return Decimal(record["price"]["amount"]) / 100, record["price"]["currency"]


def write_text(amount: float, currency: str) -> dict:
    """Return what to send to firmware 1."""
    return {"price": f"{amount:.2f}", "currency": currency}


def write_cents(amount: float, currency: str) -> dict:
    """Return what to send to firmware 2."""
    return {"price": {"amount": round(amount * 100), "currency": currency}}
