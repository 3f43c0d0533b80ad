"""The events that records fire automatically.

``on_record_create(record, fields)``
    after the creation, for each record
``on_record_write(record, fields)``
    after the write, for each record
``on_record_unlink(record)``
    before the deletion, for each record
``on_record_change(record, changes)``
    after the write, for each record with a changed value; ``changes`` is
    ``{field name: (value before, value after)}``
``on_records_create(records, fields)``, ``on_records_write(records, fields)``,
``on_records_unlink(records)``
    the same as the first three, once for all records
``on_records_unlinked(ids)``
    after the deletion, once

``fields`` are the names given by the caller. Values are read before a write only
if ``on_record_change`` has a listener.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from odoo.models import BaseModel

# name -> names of the arguments; those after the first are given as keywords
RECORD_EVENTS = {
    "on_record_create": ("record", "fields"),
    "on_record_write": ("record", "fields"),
    "on_record_unlink": ("record",),
    "on_record_change": ("record", "changes"),
    "on_records_create": ("records", "fields"),
    "on_records_write": ("records", "fields"),
    "on_records_unlink": ("records",),
    "on_records_unlinked": ("ids",),
}


def create(
    vals_list: list[dict[str, Any]], listened: frozenset[str], call: Callable
) -> BaseModel:
    """Create records, then notify the listeners."""
    # before the call: an override of create may change the values
    fields_of_each = [list(vals) for vals in vals_list]
    records = call(vals_list)
    if "on_record_create" in listened:
        events = records._event("on_record_create")
        for record, fields in zip(records, fields_of_each, strict=True):
            events.notify(record, fields=fields)
    if records and "on_records_create" in listened:
        fields = list(dict.fromkeys(name for names in fields_of_each for name in names))
        records._event("on_records_create").notify(records, fields=fields)
    return records


def write(
    records: BaseModel, vals: dict[str, Any], listened: frozenset[str], call: Callable
) -> bool:
    """Write on records, then notify the listeners."""
    fields = list(vals)
    before = read(records, fields) if "on_record_change" in listened else []
    result = call(vals)
    if "on_record_write" in listened:
        events = records._event("on_record_write")
        for record in records:
            events.notify(record, fields=fields)
    if before:
        events = records._event("on_record_change")
        values_before = dict(zip(records, before, strict=True))
        left = records.exists()  # a listener may have deleted some
        for record, new in zip(left, read(left, fields), strict=True):
            old = values_before[record]
            changes = {
                name: (old[name], new[name]) for name in new if old[name] != new[name]
            }
            if changes:
                events.notify(record, changes=changes)
    if records and "on_records_write" in listened:
        records._event("on_records_write").notify(records, fields=fields)
    return result


def unlink(records: BaseModel, listened: frozenset[str], call: Callable) -> bool:
    """Notify the listeners, delete the records, and notify again."""
    if "on_record_unlink" in listened:
        events = records._event("on_record_unlink")
        for record in records:
            events.notify(record)
    if records and "on_records_unlink" in listened:
        records._event("on_records_unlink").notify(records)
    ids = records.ids
    result = call()
    if ids and "on_records_unlinked" in listened:
        records.browse()._event("on_records_unlinked").notify(ids)
    return result


def read(records: BaseModel, names: list[str]) -> list[dict[str, Any]]:
    """Read values as superuser; recordsets among them get the user's environment."""
    names = [name for name in names if name in records._fields]
    return [
        {
            name: value.with_env(records.env) if isinstance(value, BaseModel) else value
            for name in names
            for value in (record[name],)
        }
        for record in records.sudo()
    ]
