"""Arguments of jobs as JSON documents: values round-trip exactly, or are refused.

The columns ``records``, ``args`` and ``kwargs`` are ``jsonb``, and hold a JSON *string*
whose text is the document. A jsonb object would lose the order of its keys, and cannot
hold NUL, lone surrogates or NaN, or distinguish ``1e22`` from an int.

**Marks.** JSON has text, numbers, booleans, null, lists and objects. Any other value is
an object marked with a ``"_type"``: ``{"_type": "python_tuple", "value": [1, 2]}``. The
marks of records, dates, datetimes and XML elements are those of the addon this one is
compatible with. A dict of the caller that has a key ``"_type"``, or a key that is not
a string, is a mark too, ``python_dict`` with its items as pairs. So no data is ever
mistaken for a mark: it decodes to the original data.

**Versions.** A document that needs nothing but JSON and the four old marks is stored
bare, as all documents once were. There, an unknown mark is data from before marks were
escaped, and stays a dict. Any other document is in an envelope,
``{"_type": "queue_job_document", "version": 2, "value": …}``; there, an unknown mark,
or a newer version, is an error.

**Types.** Standard types are kept exactly. What JSON supports because it is a
*subclass* of a string, a number, a list, a tuple or a dict (a member of a ``StrEnum``,
a ``numpy.float64``, a named tuple, a custom dict) is stored as that base type: it
decodes to an equal value, as code written for plain JSON expects, and no class is ever
looked up by a stored name. A lazy value is stored as its result, a time zone becomes
its offset from UTC; subclasses of date, datetime and XML elements are stored as one of
these. Everything else is refused, with its location, as in
``kwargs['payload']['lines'][3]``.

**Other addons** add types with ``JobEncoder.default``, which returns a marked dict, and
``JobDecoder.object_hook``, see :mod:`..fields`.
"""

from __future__ import annotations

import json
import re
import reprlib
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from odoo import models
from odoo.tools import lazy

from ..exception import InvalidJobError, NewerDocumentError, UndecodableJobError
from .marks import FACTORIES, MAPPINGS, MARK, SEQUENCES

VERSION = 2
#: Maximum nesting of lists and dicts: deeper ones could not be decoded everywhere.
MAX_DEPTH = 100

_ENVELOPE = "queue_job_document"
#: Marks a bare document may have.
_BARE_MARKS = {
    "odoo_recordset",
    "datetime_isoformat",
    "date_isoformat",
    "etree_element",
}

#: Base type -> function to get the plain value, ignoring what subclasses override,
#: except the items of a dict, as :mod:`json` does.
_BASES: dict[type, Callable[[Any], Any]] = {
    str: str.__str__,
    int: int.__int__,
    float: float.__float__,
    list: lambda value: list(list.__iter__(value)),
    tuple: lambda value: tuple(tuple.__iter__(value)),
    dict: lambda value: dict(value.items()),
}

#: Python refuses to parse longer integers.
_MAX_DIGITS = 4300
_BIG = 10**_MAX_DIGITS
_SMALL = -_BIG
#: Where JSON would join two surrogates into one character.
_BETWEEN_SURROGATES = re.compile("(?<=[\ud800-\udbff])(?=[\udc00-\udfff])")


def dumps(value: Any, default: Callable, name: str) -> str:
    """Return the JSON document of ``value``.

    :param default: given a value that is not JSON, returns its marked dict
    :param name: name of the value in errors
    :raises InvalidJobError: naming what cannot be stored
    """
    tree, is_bare = to_json(value, default, name)
    if not is_bare:
        tree = {MARK: _ENVELOPE, "version": VERSION, "value": tree}
    return json.dumps(tree)


def to_json(value: Any, default: Callable, name: str = "") -> tuple[object, bool]:
    """Return the JSON of ``value``, and whether it needs no envelope.

    :raises InvalidJobError: naming what cannot be stored
    """
    encoder = _Encoder(default)
    try:
        tree = encoder.encode(value, 0)
    except _RefusedError as error:
        place = f"{name}{''.join(reversed(error.path))}"
        raise InvalidJobError(f"{place} {error}" if place else str(error)) from error
    return tree, encoder.is_bare


def loads(document: Any, object_hook: Callable) -> Any:
    """Return the value of a document, given as text or as parsed by the driver.

    :param object_hook: given a JSON object with decoded values, returns the value it
        represents, or itself
    :raises NewerDocumentError: if it was stored by a newer version
    :raises UndecodableJobError: if it has an unknown mark
    """
    tree = parse(document)
    if not _is_envelope(tree):
        return _decode(tree, object_hook)
    if tree["version"] > VERSION:
        raise NewerDocumentError(
            f"it was stored by a newer version of queue_job (document version "
            f"{tree['version']}; this version supports up to {VERSION})"
        )

    def strict_hook(obj: Any) -> Any:
        value = object_hook(obj)
        if value is obj and MARK in obj:
            raise UndecodableJobError(
                f"it contains a value of type {obj[MARK]!r}, unknown to all installed "
                "addons"
            )
        return value

    return _decode(tree["value"], strict_hook)


def unwrap(document: Any) -> Any:
    """Return the JSON of a document, without its envelope."""
    tree = parse(document)
    return tree["value"] if _is_envelope(tree) else tree


def parse(document: Any) -> Any:
    """Return the JSON of a document, given as text or as parsed by the driver."""
    return json.loads(document) if isinstance(document, str) else document


def _is_envelope(tree) -> bool:
    return type(tree) is dict and tree.get(MARK) == _ENVELOPE


class _RefusedError(Exception):
    """A value that cannot be stored; ``path``: its location, innermost first."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.path: list[str] = []


class _Encoder:
    """Encodes one value as JSON; ``is_bare``: it needs no envelope so far."""

    def __init__(self, default: Callable):
        self._default = default
        self.is_bare = True

    def encode(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind is str:
            if not value.isascii() and _BETWEEN_SURROGATES.search(value):
                return self._mark("python_str", _BETWEEN_SURROGATES.split(value))
            return value
        if kind is int:
            if _SMALL < value < _BIG:
                return value
            raise _RefusedError(f"is an int of more than {_MAX_DIGITS} digits")
        if value is None or kind is bool or kind is float:
            return value
        if depth > MAX_DEPTH:
            raise _RefusedError(
                f"is nested more than {MAX_DEPTH} levels deep, or contains itself"
            )
        if kind is list:
            return self._items(value, depth + 1)
        if kind is dict:
            return self._dict(value, depth + 1)
        return self._other(value, kind, depth + 1)

    def _items(self, values, depth: int) -> list:
        encode = self.encode
        result = []
        try:
            for value in values:
                result.append(encode(value, depth))
        except _RefusedError as error:
            error.path.append(f"[{len(result)}]")
            raise
        return result

    def _dict(self, values: dict, depth: int) -> dict:
        encode = self.encode
        if not _has_plain_keys(values):
            return self._mark("python_dict", self._pairs(values, depth))
        result = {}
        for key, value in values.items():
            try:
                result[key] = encode(value, depth)
            except _RefusedError as error:
                error.path.append(_key(key))
                raise
        return result

    def _pairs(self, values: dict, depth: int) -> list:
        """Return the items of a dict with keys of any type."""
        result = []
        for key, value in values.items():
            try:
                result.append([self.encode(key, depth), self.encode(value, depth)])
            except _RefusedError as error:
                error.path.append(_key(key))
                raise
        return result

    def _mark(self, mark: str, value, **more) -> dict:
        self.is_bare = False
        return {MARK: mark, "value": value, **more}

    def _other(self, value, kind: type, depth: int):
        if kind in SEQUENCES:
            return self._mark(SEQUENCES[kind], self._items(value, depth))
        if kind in MAPPINGS:
            return self._mark(MAPPINGS[kind], self._pairs(value, depth))
        if kind is defaultdict:
            return self._defaultdict(value, depth)
        if kind is lazy:
            return self.encode(value._value, depth)
        if isinstance(value, models.BaseModel):
            _check_records(value)
        return self._marked_or_plain(value, depth)

    def _marked_or_plain(self, value, depth: int):
        """Return the JSON of a value whose type other addons may support."""
        try:
            marked = self._default(value)
        except (TypeError, ValueError) as error:
            for base, plain in _BASES.items():
                if isinstance(value, base):
                    return self.encode(plain(value), depth)
            raise _RefusedError(f"cannot be stored: {error}") from error
        if type(marked) is not dict or MARK not in marked:
            return self.encode(marked, depth)
        if marked[MARK] not in _BARE_MARKS:
            self.is_bare = False
        result = {}
        for name, part in marked.items():
            try:
                result[name] = self.encode(part, depth)
            except _RefusedError as error:
                error.path.append(f".{name}")
                raise
        return result

    def _defaultdict(self, value: defaultdict, depth: int) -> dict:
        factory = value.default_factory
        name = factory and getattr(factory, "__name__", None)
        if FACTORIES.get(name) is not factory:
            # a custom factory cannot be stored
            return self._dict(value, depth)
        pairs = self._pairs(value, depth)
        return self._mark("python_defaultdict", pairs, factory=name)


def _has_plain_keys(values: dict) -> bool:
    """Tell whether a dict can be a JSON object. Checked before its values are encoded:
    encoding them again on each level would take exponential time."""
    return MARK not in values and all(
        type(key) is str and (key.isascii() or not _BETWEEN_SURROGATES.search(key))
        for key in values
    )


def _check_records(records) -> None:
    # for a draft of a saved record, ids has the id of the saved one
    if len(records.ids) != len(records):
        raise _RefusedError(
            f"has unsaved records of {records._name}, which the job would not find. "
            "Delay it after they are saved"
        )
    if not records.env.uid and not records.env.su:
        raise _RefusedError(
            f"has no user: records of {records._name} from a public route. Set the "
            "user to run the job as, with with_user() or sudo()"
        )


def _key(key) -> str:
    return f"[{reprlib.repr(key)}]"


def _decode(value, hook: Callable):
    if type(value) is dict:
        return hook({key: _decode(item, hook) for key, item in value.items()})
    if type(value) is list:
        return [_decode(item, hook) for item in value]
    return value
