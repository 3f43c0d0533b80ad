"""The values that differ from those of a record."""

from datetime import datetime, timezone
from typing import Any

from odoo import models


def differences(record: models.BaseModel, values: dict[str, Any]) -> dict[str, Any]:
    """Return the part of ``values`` that writing would change.

    Commands of x2many fields cannot be compared: they count as a change, if any. HTML
    is compared sanitized, as Odoo stores it.
    """
    return {
        name: value for name, value in values.items() if _differs(record, name, value)
    }


def to_stored_datetime(moment: datetime) -> datetime:
    """Return a datetime as Datetime fields store it: naive, in UTC, in seconds."""
    if moment.tzinfo is None and not moment.microsecond:
        return moment
    if moment.tzinfo is not None:
        moment = moment.astimezone(timezone.utc)
    return moment.replace(tzinfo=None, microsecond=0)


def with_stored_datetimes(
    model: models.BaseModel, values: dict[str, Any]
) -> dict[str, Any]:
    """Return the values with datetimes as Datetime fields store them."""
    moments = {
        name: to_stored_datetime(value)
        for name, value in values.items()
        if isinstance(value, datetime)
        and name in model._fields
        and model._fields[name].type == "datetime"
    }
    return {**values, **moments} if moments else values


def _differs(record: models.BaseModel, name: str, value: Any) -> bool:
    if isinstance(value, list):
        return bool(value)
    field = record._fields[name]
    if field.inherited and record.env.su:
        # Without computing the field of the binding that shows it.
        parent, _dot, name = field.related.partition(".")
        record, field = record[parent], field.related_field
    former = field.convert_to_cache(record[name], record, validate=False)
    # Validation is expensive and only changes fields that are sanitized.
    new = field.convert_to_cache(value, record, validate=field.type == "html")
    return former != new
