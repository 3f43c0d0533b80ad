"""Which paths of a description are lists of records that can be read one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .document import Document, Schema, mapping

_LAST_PARAMETER = re.compile(r"^(?P<path>/.*[^/}])/\{(?P<name>[^{}]+)\}/?$")
_LIST_KEYS = ("data", "items", "results", "records", "values")


@dataclass(frozen=True)
class Parameter:
    """A query parameter."""

    name: str
    schema: Schema
    required: bool = False
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class Collection:
    """A list of records.

    ``list_schema``
        the whole response of the list
    ``record``
        one record
    ``headers``
        names of the headers of the list's response, in lower case
    ``update_method``
        method of an update with JSON, ``None`` if there is none
    ``can_create``, ``can_delete``
        whether records are created with JSON, and deleted
    """

    path: str
    list_key: str | None
    record_key: str | None
    id_key: str
    list_schema: Schema
    record: Schema
    parameters: Mapping[str, Parameter]
    headers: frozenset[str] = frozenset()
    update_method: str | None = None
    can_create: bool = False
    can_delete: bool = False


@dataclass(frozen=True)
class Unusable:
    """A list of which the description does not say enough, and what is missing."""

    path: str
    reason: str


def find_collections(document: Document) -> tuple[list[Collection], list[Unusable]]:
    """Return the lists of a description, and those that cannot be used as they are."""
    found: list[Collection] = []
    unusable: list[Unusable] = []
    paths = document.paths
    for path, item in paths.items():
        match = _LAST_PARAMETER.match(path)
        if not match or "get" not in item:
            continue
        place = match["path"]
        listed = place if place in paths else f"{place}/"
        if "get" not in mapping(paths.get(listed)) or "{" in listed:
            continue
        one = _collection(document, listed, paths[listed], item, match["name"])
        if isinstance(one, Collection):
            found.append(one)
        else:
            unusable.append(Unusable(listed, one))
    return found, unusable


def _collection(
    document: Document,
    path: str,
    several: Mapping[str, Any],
    single: Mapping[str, Any],
    name: str,
) -> Collection | str:
    """Return a collection, or why it is none that is sure."""
    content, response = _response(document, several["get"])
    list_schema = document.schema(content)
    listed = _records_of(document, path, list_schema)
    if listed is None:
        return "the response of the list has no key that is surely that of the records"
    list_key, element = listed
    record = document.schema(element)
    one = document.schema(_response(document, single["get"])[0])
    record_key = _record_key(document, record, one)
    if record_key is None:
        return "a single record does not look like one of the list"
    id_key = _id_key(record, name)
    if id_key is None:
        return f"no key of a record is surely its ID ({name})"
    parameters = _parameters(document, several, mapping(several["get"]))
    needed = [
        one.name for one in parameters.values() if one.required and one.default is None
    ]
    if needed:
        return f"the list requires the parameter {', '.join(needed)}"
    methods = [name for name in ("patch", "put", "post") if name in single]
    updates = [name for name in methods if _takes_json(document, single[name])]
    return Collection(
        path,
        list_key,
        record_key or None,
        id_key,
        list_schema,
        record,
        parameters,
        frozenset(name.lower() for name in mapping(response.get("headers"))),
        updates[0].upper() if updates else None,
        "post" in several and _takes_json(document, several["post"]),
        "delete" in single,
    )


def _response(document: Document, operation: Any) -> tuple[Any, Mapping[str, Any]]:
    """Return the schema of a successful response, and the response."""
    responses = mapping(mapping(operation).get("responses"))
    for code in ("200", "2XX", "default"):
        if code in responses:
            response = document.resolve(responses[code])
            if document.is_swagger:
                return response.get("schema"), response
            return _json_schema(response), response
    return None, {}


def _json_schema(body: Mapping[str, Any]) -> Any:
    for kind, media in mapping(body.get("content")).items():
        if kind.startswith("*/*") or "json" in kind.lower():
            return mapping(media).get("schema")
    return None


def _takes_json(document: Document, operation: Any) -> bool:
    if not document.is_swagger:
        body = document.resolve(mapping(operation).get("requestBody"))
        return _json_schema(body) is not None
    kinds = mapping(operation).get("consumes", document.content.get("consumes"))
    takes = kinds is None or any("json" in str(kind) for kind in kinds)
    parameters = map(document.resolve, mapping(operation).get("parameters") or ())
    return takes and any(one.get("in") == "body" for one in parameters)


def _records_of(
    document: Document, path: str, schema: Schema
) -> tuple[str | None, Any] | None:
    if _is_list_of_objects(document, schema):
        return None, schema.items
    lists = {
        key: inner.items
        for key, node in schema.properties.items()
        if _is_list_of_objects(document, inner := document.schema(node))
    }
    last = path.rstrip("/").rpartition("/")[2]
    for key in (last, last.lower(), *_LIST_KEYS):
        if key in lists:
            return key, lists[key]
    return None


def _is_list_of_objects(document: Document, schema: Schema) -> bool:
    return schema.types == {"array"} and bool(document.schema(schema.items).properties)


def _record_key(document: Document, record: Schema, one: Schema) -> str | None:
    """Return the key that wraps a record, empty: none, ``None``: not sure."""
    if _is_alike(record, one):
        return ""
    wrapping = [
        key
        for key, node in one.properties.items()
        if _is_alike(record, document.schema(node))
    ]
    return wrapping[0] if len(wrapping) == 1 else None


def _is_alike(record: Schema, one: Schema) -> bool:
    shared = record.properties.keys() & one.properties.keys()
    return one.types == {"object"} and 2 * len(shared) > len(record.properties)


def _id_key(record: Schema, name: str) -> str | None:
    return next((key for key in (name, "id") if key in record.properties), None)


def _parameters(document: Document, *holders: Any) -> dict[str, Parameter]:
    """Return the query parameters; those of the operation replace those of the path."""
    return {
        one.name: one
        for holder in holders
        for one in _read_parameters(document, mapping(holder).get("parameters"))
    }


def _read_parameters(document: Document, nodes: Any) -> Iterator[Parameter]:
    for node in nodes if isinstance(nodes, list) else ():
        raw = document.resolve(node)
        name = raw.get("name")
        if raw.get("in") == "query" and isinstance(name, str):
            kind = raw if document.is_swagger else document.resolve(raw.get("schema"))
            yield Parameter(
                name,
                document.schema({**kind, "required": None}),
                raw.get("required") is True,
                kind.get("default"),
                _number(kind.get("minimum")),
                _number(kind.get("maximum")),
            )


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number else None
