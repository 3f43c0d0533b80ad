"""What makes a method of a mapper a mapping."""

from __future__ import annotations

from collections.abc import Callable


def mapping(func: Callable) -> Callable:
    """Have a method of a mapper called for each record.

    It gets the record and returns a dict of values, or nothing::

        @mapping
        def street(self, record):
            return {"street": record["address"]["line1"]}

    Within a class such methods run in the order of their names, after those of the
    parent components; where several give a value for one key, the last one wins.
    """
    func.is_mapping = True
    return func


def changed_by(*args: str) -> Callable[[Callable], Callable]:
    """Name the fields that a mapping depends on.

    When only some fields are exported, a mapping that depends on none of them is left
    out; one that names no field is always there.
    """

    def register(func: Callable) -> Callable:
        func.changed_by = args
        return func

    return register


def only_create(func: Callable) -> Callable:
    """Leave a mapping out when an existing record is updated."""
    func.only_create = True
    return func
