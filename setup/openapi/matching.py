"""Which keys of a record surely belong to which fields of a model of Odoo."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .collections import Collection
from .document import Document, Schema

#: Last part of a path, without signs and in lower case, and the model of its records.
_MODELS = {
    **dict.fromkeys(("customers", "contacts", "partners"), "res.partner"),
    "products": "product.template",
}
_TEXT, _AMOUNT, _COUNTRY = "text", "amount", "country"
#: Kind of a field, and the keys that surely mean it.
_FIELDS: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {
    "res.partner": {
        "name": (_TEXT, ("name", "full_name")),
        "email": (_TEXT, ("email", "email_address")),
        "phone": (_TEXT, ("phone", "phone_number", "telephone")),
    },
    "product.template": {
        "name": (_TEXT, ("name", "title")),
        "default_code": (_TEXT, ("sku", "default_code")),
        "list_price": (_AMOUNT, ("price", "list_price")),
    },
}
_ADDRESS: dict[str, tuple[str, tuple[str, ...]]] = {
    "street": (
        _TEXT,
        ("street", "street1", "line1", "address1", "address_1", "address_line_1"),
    ),
    "street2": (
        _TEXT,
        ("street2", "line2", "address2", "address_2", "address_line_2"),
    ),
    "zip": (_TEXT, ("zip", "zip_code", "postal_code", "postcode", "post_code")),
    "city": (_TEXT, ("city", "town")),
    "country_id": (_COUNTRY, ("country_code", "country")),
}
_ADDRESS_KEYS = ("address", "default_address")
_COUNTRY_CODE = re.compile(r"alpha-2|two-letter|ISO 3166|2-letter", re.IGNORECASE)
#: Length of a line between the brackets of a map.
_WIDTH = 80


@dataclass(frozen=True)
class Match:
    """A key that surely is the value of a field.

    ``path``
        the key, with dots in nested data
    ``is_optional``
        whether a record may lack it
    """

    field: str
    path: str
    kind: str
    is_optional: bool

    def entry(self) -> str:
        """Return the entry of ``_import_map``."""
        source = f'"{self.path}"'
        if self.is_optional:
            source = f"optional({source})"
        if self.kind == _COUNTRY:
            source = f'upper({source}) >> search_by("res.country", "code")'
        elif self.kind == _AMOUNT or self.field == "name":
            source = source if self.is_optional else f"key({source})"
            source += " >> float" if self.kind == _AMOUNT else " >> str.strip"
        line = f'({source}, "{self.field}"),'
        if len(line) <= _WIDTH:
            return line
        return f'(\n    {source},\n    "{self.field}",\n),'

    def example(self) -> Any:
        """Return a value that the mapping takes."""
        text = self.field.replace("_", " ").capitalize()
        return {_AMOUNT: 1.5}.get(self.kind, text)

    @property
    def is_searched(self) -> bool:
        """Whether a record of Odoo is searched for."""
        return self.kind == _COUNTRY

    def rejected(self) -> Any:
        """Return a value that the mapping rejects, ``None`` if it takes all."""
        if self.field == "name":
            return 7
        return {_AMOUNT: "many"}.get(self.kind)


def model_of(collection: Collection) -> str | None:
    """Return the model of Odoo that a list surely is of, ``None`` if it is not sure."""
    last = collection.path.rstrip("/").rpartition("/")[2]
    return _MODELS.get(re.sub(r"[^a-z0-9]", "", last.lower()))


def matches(document: Document, collection: Collection, model: str) -> list[Match]:
    """Return the keys that surely belong to fields of a model."""
    found = list(_matches(document, collection.record, _FIELDS.get(model, {})))
    if model == "res.partner":
        for key in _ADDRESS_KEYS:
            address = document.schema(collection.record.properties.get(key))
            if address.types == {"object"}:
                is_optional = _is_optional(collection.record, key, address)
                found += _matches(
                    document, address, _ADDRESS, f"{key}.", is_optional=is_optional
                )
                break
        else:
            found += _matches(document, collection.record, _ADDRESS)
    return found


def suggestions(
    document: Document, collection: Collection, matched: list[Match]
) -> Iterator[str]:
    """Return a comment for each other key of a record, with its type."""
    used = {one.path.partition(".")[0] for one in matched}
    for key, node in collection.record.properties.items():
        schema = document.schema(node)
        if key in used or key == collection.id_key or schema.write_only:
            continue
        types = " or ".join(sorted(schema.types)) or "of no declared type"
        kind = f"{types}, {schema.format}" if schema.format else types
        # A description may contain anything, line ends too.
        yield f'# ({json.dumps(key)}, "..."),  # {" ".join(kind.split())}'


def _matches(
    document: Document,
    record: Schema,
    fields: Mapping[str, tuple[str, tuple[str, ...]]],
    prefix: str = "",
    *,
    is_optional: bool = False,
) -> Iterator[Match]:
    for name, (kind, keys) in fields.items():
        key = next((key for key in keys if key in record.properties), None)
        if key is None:
            continue
        schema = document.schema(record.properties[key])
        if not schema.write_only and _fits(kind, schema):
            optional = is_optional or _is_optional(record, key, schema)
            yield Match(name, f"{prefix}{key}", kind, optional)


def _is_optional(record: Schema, key: str, schema: Schema) -> bool:
    return key not in record.required or schema.nullable


def _fits(kind: str, schema: Schema) -> bool:
    """Whether the values of a schema can be those of a field of a kind."""
    if kind == _AMOUNT:
        # An integer may be an amount in cents.
        return schema.types == {"number"}
    if schema.types != {"string"} or schema.format in ("date", "date-time", "binary"):
        return False
    if kind == _TEXT:
        return True
    if schema.enum:
        return all(len(str(code)) == 2 for code in schema.enum if code != "")
    is_code = bool(_COUNTRY_CODE.search(schema.description))
    return is_code or schema.max_length == 2
