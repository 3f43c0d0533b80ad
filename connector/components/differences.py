"""What of some values a record does not say already."""

from typing import Any

from odoo import models


def differences(record: models.BaseModel, values: dict[str, Any]) -> dict[str, Any]:
    """Return the part of ``values`` that writing would change.

    Commands of x2many fields cannot be compared: they count, if there are any.
    """
    return {
        name: value for name, value in values.items() if _differs(record, name, value)
    }


def _differs(record: models.BaseModel, name: str, value: Any) -> bool:
    if isinstance(value, list):
        return bool(value)
    field = record._fields[name]
    former, new = (
        field.convert_to_cache(val, record, validate=False)
        for val in (record[name], value)
    )
    return former != new
