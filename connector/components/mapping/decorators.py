"""Decorators that declare mapping methods."""

from __future__ import annotations

from collections.abc import Callable


def mapping(func: Callable) -> Callable:
    """Declare a method of a mapper as a mapping, called for each record.

    It gets the record and returns a dict of values, or nothing::

        @mapping
        def street(self, record):
            return {"street": record["address"]["line1"]}

    Within a class, mappings run in the order of their names, after those of the parent
    components; if several set the same key, the last one wins.
    """
    func.is_mapping = True
    return func


def changed_by(*args: str) -> Callable[[Callable], Callable]:
    """Declare the fields that a mapping depends on.

    When only some fields are exported, a mapping that depends on none of them is
    skipped; one that declares no fields always runs.
    """

    def register(func: Callable) -> Callable:
        func.changed_by = args
        return func

    return register


def only_create(func: Callable) -> Callable:
    """Skip a mapping when an existing record is updated."""
    func.only_create = True
    return func
