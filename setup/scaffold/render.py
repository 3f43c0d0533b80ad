"""Python source as the formatter would leave it."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from .. import paths
from .source_edit import WIDTH, assigned, texts

API = "odoo.addons.connector.api"


def literal(value: Any) -> str:
    """Return the source of data as JSON has it."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        pairs = (f"{literal(k)}: {literal(v)}" for k, v in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(literal(one) for one in value)}]"
    return repr(value)


def call(before: str, arguments: Sequence[str], margin: int, after: str = "") -> str:
    """Return a call, with one argument a line if it would be too long.

    :param before: what precedes the first argument, like ``_resource = Resource(``
    :param margin: number of spaces before it, which are not added
    """
    closing = {"(": ")", "[": "]", "{": "}"}[before[-1]]
    line = f"{before}{', '.join(arguments)}{closing}{after}"
    if margin + len(line) <= WIDTH:
        return line
    inner = "".join(f"    {argument},\n" for argument in arguments)
    return f"{before}\n{inner}{closing}{after}"


def source_of_call(before: str, source: str, margin: int) -> str:
    """Return a call given as source, with one argument a line if it is too long."""
    node = ast.parse(source, mode="eval").body
    if not isinstance(node, ast.Call):
        return f"{before}{source}"
    arguments = [
        segment
        for one in [*node.args, *node.keywords]
        if (segment := ast.get_source_segment(source, one))
    ]
    return call(f"{before}{ast.unparse(node.func)}(", arguments, margin)


def mapping(before: str, values: Mapping[str, Any], margin: int) -> str:
    """Return a dict, with one key a line if it would be too long."""
    pairs = [f"{literal(k)}: {literal(v)}" for k, v in values.items()]
    return call(f"{before}{{", pairs, margin)


def indented(lines: Iterable[str], margin: int) -> str:
    """Return lines with that many spaces before each."""
    split = (part for line in lines for part in line.split("\n"))
    return "".join(f"{' ' * margin}{line}".rstrip() + "\n" for line in split)


def api_names(*sources: str) -> list[str]:
    """Return the names of the authors' API that sources use."""
    used = {
        node.id
        for source in sources
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name)
    }
    return sorted(used & _exported())


@cache
def _exported() -> frozenset[str]:
    source = (paths.CHECKOUT / "connector" / "api.py").read_text()
    return frozenset(texts(assigned(ast.parse(source).body, "__all__")))
