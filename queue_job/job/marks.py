"""Types that JSON lacks, each encoded as a dict with a mark; see :mod:`.codec`."""

from __future__ import annotations

import base64
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import dateutil.parser
import lxml.etree
from markupsafe import Markup

from odoo import models
from odoo.fields import Command
from odoo.tools import frozendict

if TYPE_CHECKING:
    from odoo.api import Environment

#: Key of the mark in a marked dict.
MARK = "_type"

SEQUENCES = {
    tuple: "python_tuple",
    set: "python_set",
    frozenset: "python_frozenset",
}
#: Types of dicts that are created from another dict.
MAPPINGS = {
    dict: "python_dict",
    OrderedDict: "python_ordered_dict",
    Counter: "python_counter",
    frozendict: "odoo_frozendict",
}
FACTORIES = {
    factory.__name__: factory
    for factory in (bool, dict, float, int, list, set, str, tuple)
}
#: Marks whose value is a list of pairs.
MAPPING_MARKS = {*MAPPINGS.values(), "python_defaultdict"}
#: type -> (mark, function to JSON, function from JSON)
_SCALARS: dict[type, tuple[str, Callable, Callable]] = {
    Decimal: ("python_decimal", str, Decimal),
    UUID: ("python_uuid", str, UUID),
    bytes: (
        "python_bytes",
        lambda value: base64.b64encode(value).decode(),
        base64.b64decode,
    ),
    time: ("python_time", time.isoformat, time.fromisoformat),
    timedelta: (
        "python_timedelta",
        lambda value: [value.days, value.seconds, value.microseconds],
        lambda value: timedelta(*value),
    ),
    Markup: ("python_markup", str, Markup),
    Command: ("odoo_command", int, Command),
}


def mark(value: Any, context: Callable) -> dict | None:
    """Return the marked dict of a value that is not a collection; None if its type is
    unknown.

    :param context: given a recordset, returns the part of its context to keep
    :raises TypeError: for a value that would not decode to itself
    """
    if isinstance(value, models.BaseModel):
        return {
            MARK: "odoo_recordset",
            "model": value._name,
            "ids": value.ids,
            "uid": value.env.uid,
            "su": value.env.su,
            "context": context(value),
        }
    if isinstance(value, datetime):
        if value.tzinfo is not None and value.utcoffset() is None:
            raise TypeError("a datetime whose time zone has no offset")
        return {MARK: "datetime_isoformat", "value": value.isoformat()}
    if isinstance(value, date):
        return {MARK: "date_isoformat", "value": value.isoformat()}
    if isinstance(value, lxml.etree._Element):
        return _mark_element(value)
    kind = type(value)
    if kind is time and value.tzinfo is not None:
        raise TypeError("a time with a time zone; use a datetime")
    if kind in _SCALARS:
        name, dump, _load = _SCALARS[kind]
        return {MARK: name, "value": dump(value)}
    return None


def _mark_element(element) -> dict:
    text = lxml.etree.tostring(element, encoding=str, with_tail=False)
    try:
        _parse_element(text)
    except lxml.etree.XMLSyntaxError as error:
        raise TypeError(f"its XML cannot be parsed again: {error}") from error
    marked = {MARK: "etree_element", "value": text}
    if element.tail is not None:
        marked["tail"] = element.tail
    return marked


def _parse_element(text: str):
    # a new parser each time, as a parser is not thread-safe
    parser = lxml.etree.XMLParser(
        huge_tree=True, resolve_entities=False, no_network=True
    )
    return lxml.etree.fromstring(text, parser)


def unmark(obj: dict, env: Environment) -> Any:
    """Return the value of a marked dict, itself if its mark is unknown.

    :raises KeyError: if the model of a recordset does not exist
    """
    kind = obj.get(MARK)
    decode = _DECODERS.get(kind) if isinstance(kind, str) else None
    return decode(obj, env) if decode else obj


def _recordset(obj: dict, env):
    # rows of old versions may lack the user, the su flag and the context
    env = env(user=obj.get("uid"), su=obj.get("su"))
    if obj.get("context"):
        env = env(context=dict(env.context, **obj["context"]))
    return env[obj["model"]].browse(obj["ids"])


def _datetime(obj: dict, _env) -> datetime:
    try:
        return datetime.fromisoformat(obj["value"])
    except ValueError:
        return dateutil.parser.parse(obj["value"])


def _element(obj: dict, _env):
    element = _parse_element(obj["value"])
    element.tail = obj.get("tail")
    return element


def _defaultdict(obj: dict, _env) -> defaultdict:
    return defaultdict(FACTORIES.get(obj["factory"]), map(tuple, obj["value"]))


def _made_by(make: Callable) -> Callable:
    return lambda obj, _env: make(obj["value"])


def _mapping_made_by(make: Callable) -> Callable:
    return lambda obj, _env: make(dict(obj["value"]))


#: mark -> function of the marked dict and the environment
_DECODERS = {
    "odoo_recordset": _recordset,
    "datetime_isoformat": _datetime,
    "date_isoformat": lambda obj, env: _datetime(obj, env).date(),
    "etree_element": _element,
    "python_str": _made_by("".join),
    "python_defaultdict": _defaultdict,
    **{name: _made_by(kind) for kind, name in SEQUENCES.items()},
    **{name: _mapping_made_by(kind) for kind, name in MAPPINGS.items()},
    **{name: _made_by(load) for name, _dump, load in _SCALARS.values()},
}
