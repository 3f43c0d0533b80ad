"""Traces which mapping set which value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .modifier import describe


@contextmanager
def traced(mapper: Any) -> Iterator[dict[str, list[str]]]:
    """Trace a mapper; mappers that are not traced have no overhead.

    :return: for each key of the result, the mappings that set it; the last one wins.
        Format: ``direct: 'name'``, ``mapping: street``, ``children: 'lines'`` and
        ``finalize``.
    """
    origins: dict[str, list[str]] = defaultdict(list)
    wrapped = {
        "_map_direct": _trace_direct(mapper, origins),
        "_map_child": _trace_child(mapper, origins),
        "finalize": _trace_finalize(mapper, origins),
        **{
            name: _trace_method(name, getattr(mapper, name), origins)
            for name in mapper._map_methods
        },
    }
    vars(mapper).update(wrapped)
    try:
        yield origins
    finally:
        for name in wrapped:
            delattr(mapper, name)


def _trace_direct(mapper, origins):
    map_direct = mapper._map_direct

    def traced_direct(record: Any, from_attr: Any, to_attr: str) -> Any:
        origins[to_attr].append(f"direct: {describe(from_attr)}")
        return map_direct(record, from_attr, to_attr)

    return traced_direct


def _trace_child(mapper, origins):
    map_child = mapper._map_child

    def traced_child(
        map_record: Any, from_attr: str, to_attr: str, model_name: str
    ) -> Any:
        origins[to_attr].append(f"children: {from_attr!r}")
        return map_child(map_record, from_attr, to_attr, model_name)

    return traced_child


def _trace_method(name: str, method, origins):
    def traced_method(record: Any) -> Any:
        values = method(record)
        for key in values or ():
            origins[key].append(f"mapping: {name}")
        return values

    traced_method.__name__ = name
    return traced_method


def _trace_finalize(mapper, origins):
    finalize = mapper.finalize

    def traced_finalize(map_record: Any, values: dict) -> dict:
        before = dict(values)
        after = finalize(map_record, values)
        for key, value in after.items():
            if key not in before or before[key] != value:
                origins[key].append("finalize")
        return after

    return traced_finalize
