"""An OpenAPI description: loaded, with its references followed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import virtualenv
from ..errors import SetupError

#: Reads YAML with the virtual env's PyYAML. Dates become texts, as in JSON.
_CONVERT = """
import json, sys, yaml
try:
    content = yaml.load(sys.stdin.buffer, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    text = json.dumps(content, default=str)
except (yaml.YAMLError, TypeError, ValueError) as error:
    sys.exit(str(error))
print(text)
"""
_MAX_DEPTH = 50


@dataclass(frozen=True)
class Schema:
    """What a schema says, with all its parts merged.

    ``types``
        JSON types of a value, without ``null``; empty if it does not say
    ``properties``
        the raw schemas of an object's keys
    ``required``
        keys that each object has
    ``items``
        the raw schema of an array's elements
    """

    types: frozenset[str] = frozenset()
    properties: Mapping[str, Any] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    items: Any = None
    format: str = ""
    enum: tuple[Any, ...] = ()
    description: str = ""
    read_only: bool = False
    write_only: bool = False
    nullable: bool = False
    max_length: int | None = None


class Document:
    """A description; what it refers to is read when it is asked for."""

    def __init__(self, content: Mapping[str, Any], source: str):
        self.content, self.source = content, source
        self.is_swagger = "swagger" in content

    @property
    def paths(self) -> Mapping[str, Any]:
        """The path items by path."""
        return {
            path: self.resolve(item)
            for path, item in mapping(self.content.get("paths")).items()
            if path.startswith("/")
        }

    def resolve(self, node: Any) -> Mapping[str, Any]:
        """Return a node, or what its ``$ref`` refers to, empty if that is no object.

        :raises SetupError: the reference leads out of the file, or nowhere
        """
        seen: set[str] = set()
        while isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
            reference = node["$ref"]
            if reference in seen:
                return {}
            seen.add(reference)
            node = self._target(reference)
        return mapping(node)

    def schema(self, node: Any) -> Schema:
        """Return what a schema says, with ``allOf``, ``oneOf`` and ``anyOf`` merged.

        A key is required if each alternative requires it.
        """
        return self._merged(node, 0)

    def _target(self, reference: str) -> Any:
        if not reference.startswith("#"):
            raise SetupError(
                f"{self.source} refers to another file, {reference}: bundle the "
                "description into one file first"
            )
        node: Any = self.content
        for part in reference[1:].split("/")[1:]:
            name = part.replace("%7B", "{").replace("%7D", "}")
            name = name.replace("~1", "/").replace("~0", "~")
            if isinstance(node, list) and name.isdigit() and int(name) < len(node):
                node = node[int(name)]
            elif isinstance(node, Mapping) and name in node:
                node = node[name]
            else:
                raise SetupError(
                    f"{self.source}: the reference {reference} leads nowhere: there "
                    f"is no {name!r}"
                )
        return node

    def _merged(self, node: Any, depth: int) -> Schema:
        raw = self.resolve(node)
        if depth > _MAX_DEPTH:
            return Schema()
        merged = self._own(raw)
        for part in _list(raw.get("allOf")):
            merged = _both(merged, self._merged(part, depth + 1))
        for name in ("oneOf", "anyOf"):
            parts = _list(raw.get(name))
            kinds = [self._merged(part, depth + 1) for part in parts]
            known = [one for one in kinds if one != Schema(nullable=True)]
            if known:
                either = known[0]
                for one in known[1:]:
                    either = _either(either, one)
                if len(known) < len(kinds):
                    either = _both(either, Schema(nullable=True))
                merged = _both(merged, either)
        return merged

    def _own(self, raw: Mapping[str, Any]) -> Schema:
        named = raw.get("type")
        types = set(filter(_is_text, named if isinstance(named, list) else [named]))
        properties = mapping(raw.get("properties"))
        if not types and properties:
            types = {"object"}
        longest = raw.get("maxLength")
        return Schema(
            frozenset(types - {"null"}),
            properties,
            frozenset(filter(_is_text, _list(raw.get("required")))),
            raw.get("items"),
            _text(raw.get("format")),
            tuple(one for one in _list(raw.get("enum")) if one is not None),
            _text(raw.get("description")),
            raw.get("readOnly") is True,
            raw.get("writeOnly") is True,
            "null" in types or raw.get("nullable") is True,
            longest if isinstance(longest, int) else None,
        )


def load(path: Path) -> Document:
    """Read a description.

    :raises SetupError: the file cannot be read, or is no description of a known version
    """
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise SetupError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SetupError(f"{path} is not UTF-8: save it as UTF-8") from None
    try:
        content = json.loads(text)
    except RecursionError:
        raise SetupError(f"{path} is nested too deeply") from None
    except ValueError as error:
        if text.lstrip().startswith("{"):
            raise SetupError(f"{path} is not valid JSON: {error}") from None
        content = _from_yaml(path, text)
    return _checked(content, str(path))


def _from_yaml(path: Path, text: str) -> Any:
    done = subprocess.run(
        [virtualenv.python(), "-c", _CONVERT],
        input=text.encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip()
        raise SetupError(f"{path} is neither valid JSON nor YAML: {reason}")
    return json.loads(done.stdout)


def _checked(content: Any, source: str) -> Document:
    if not isinstance(content, Mapping) or not {"openapi", "swagger"} & set(content):
        raise SetupError(
            f"{source} is no OpenAPI description: it says neither openapi: 3.x nor "
            "swagger: 2.0"
        )
    version = str(content.get("openapi") or content.get("swagger"))
    if not version.startswith(("3.0", "3.1", "2.0")):
        raise SetupError(
            f"{source} is of version {version}: 3.0, 3.1 and Swagger 2.0 are known"
        )
    return Document(content, source)


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a value if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _both(one: Schema, other: Schema) -> Schema:
    """Return what holds for a value of both schemas."""
    return Schema(
        one.types & other.types or one.types or other.types,
        {**one.properties, **other.properties},
        one.required | other.required,
        one.items if one.items is not None else other.items,
        one.format or other.format,
        one.enum or other.enum,
        one.description or other.description,
        one.read_only or other.read_only,
        one.write_only or other.write_only,
        one.nullable or other.nullable,
        one.max_length if one.max_length is not None else other.max_length,
    )


def _either(one: Schema, other: Schema) -> Schema:
    """Return what holds for a value of one of two schemas."""
    shared = one.properties.keys() & other.properties.keys()
    alternatives = {
        key: {"anyOf": [one.properties[key], other.properties[key]]}
        for key in shared
        if one.properties[key] != other.properties[key]
    }
    return Schema(
        one.types | other.types if one.types and other.types else frozenset(),
        {**one.properties, **other.properties, **alternatives},
        one.required & other.required,
        one.items if one.items == other.items else None,
        one.format if one.format == other.format else "",
        (*one.enum, *other.enum) if one.enum and other.enum else (),
        one.description or other.description,
        one.read_only or other.read_only,
        one.write_only or other.write_only,
        one.nullable or other.nullable,
        one.max_length if one.max_length == other.max_length else None,
    )
