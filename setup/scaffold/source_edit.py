"""Edits of Python source: the rest of a file stays as it is.

Each function takes the source and returns the new one, or None where the source has no
place that the edit is sure of.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

WIDTH = 88


def find_class(tree: ast.Module, name: str) -> ast.ClassDef | None:
    """Return the class of that name at the top of a module."""
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
    return next((node for node in classes if node.name == name), None)


def assigned(body: Sequence[ast.stmt], name: str) -> ast.expr | None:
    """Return what a class or module assigns to a name."""
    for node in body:
        if isinstance(node, ast.AnnAssign):
            targets: list[ast.expr] = [node.target]
        else:
            targets = node.targets if isinstance(node, ast.Assign) else []
        value = getattr(node, "value", None)
        for target in targets:
            # ``_name, _inherit = "shop.backend", "connector.backend.mixin"``
            pairs = [(target, value)]
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs = [*zip(target.elts, value.elts, strict=False)]
            for one, given in pairs:
                if getattr(one, "id", None) == name:
                    return given
    return None


def texts(node: ast.expr | None) -> list[str]:
    """Return the texts of a constant, or of a list or tuple of constants."""
    elements = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    return [
        one.value
        for one in elements
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]


def append_to_returned_list(
    source: str, class_name: str, method: str, element: str
) -> str | None:
    """Append an element to the list that a method returns.

    :param element: its source; several lines are indented as one
    """
    definition = find_class(ast.parse(source), class_name)
    for node in definition.body if definition else ():
        if isinstance(node, ast.FunctionDef) and node.name == method:
            last = node.body[-1]
            value = last.value if isinstance(last, ast.Return) else None
            # ``super()._sync_flows() + [...]``
            if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
                value = value.right
            if isinstance(value, ast.List):
                return _append(source, value, element)
    return None


def append_to_manifest(source: str, key: str, value: str) -> str | None:
    """Append a text to a list of a manifest."""
    manifest = ast.parse(source, mode="eval").body
    if isinstance(manifest, ast.Dict):
        for name, listed in zip(manifest.keys, manifest.values, strict=True):
            if key in texts(name) and isinstance(listed, ast.List):
                return _append(source, listed, f'"{value}"')
    return None


def _append(source: str, node: ast.List, element: str) -> str:
    start, end = _span(source, node)
    first_line = source[source.rfind("\n", 0, start) + 1 : start]
    margin = first_line[: len(first_line) - len(first_line.lstrip())]
    inner = margin + " " * 4
    lines = "\n".join(inner + line for line in f"{element},".split("\n"))
    elements = [source[slice(*_span(source, one))] for one in node.elts]
    if "\n" in source[start:end] and node.elts:
        last = _span(source, node.elts[-1])[1]
        rest = source[last : end - 1]
        comma = "" if _has_comma(rest) else ","
        kept = f"{comma}{rest.rstrip()}\n"
        return f"{source[:last]}{kept}{lines}\n{margin}{source[end - 1 :]}"
    one_line = f"[{', '.join([*elements, element])}]"
    rest = source[end:].split("\n", 1)[0]
    if "\n" not in one_line and len(first_line + one_line + rest) <= WIDTH:
        return source[:start] + one_line + source[end:]
    own = "".join(f"{inner}{one},\n" for one in elements)
    return f"{source[:start]}[\n{own}{lines}\n{margin}]{source[end:]}"


def _has_comma(rest: str) -> bool:
    """Whether the source after the last element of a list has a comma."""
    return any("," in line.split("#", 1)[0] for line in rest.split("\n"))


def add_package_import(source: str, module: str) -> str:
    """Add ``from . import module`` to an ``__init__``, after the last such import."""
    last = 0
    source = source if source.strip() else ""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and node.level == 1 and not node.module:
            if module in [alias.name for alias in node.names]:
                return source
            last = node.end_lineno or 0
    lines = source.splitlines(keepends=True)
    last = last or len(lines)
    if last and not lines[last - 1].endswith("\n"):
        lines[last - 1] += "\n"
    lines.insert(last, f"from . import {module}\n")
    return "".join(lines)


def add_import(source: str, module: str, name: str) -> str:
    """Import a name from a module, unless the source imports it already."""
    nodes = [
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    if any(name == (one.asname or one.name) for node in nodes for one in node.names):
        return source
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and _module(node) == module:
            names = [_alias(one) for one in node.names]
            start, end = _span(source, node)
            statement = from_import(module, [*names, name])
            return source[:start] + statement + source[end:]
    section, statement = _order(module)[0], from_import(module, [name]) + "\n"
    before = [node for node in nodes if _order(_module(node)) < _order(module)]
    after = [node for node in nodes if node not in before]
    if after and _order(_module(after[0]))[0] == section:
        place = _span(source, after[0])[0]
    elif before:
        place = _span(source, before[-1])[1] + 1
        if _order(_module(before[-1]))[0] != section:
            statement = f"\n{statement}"
    else:
        place = _span(source, after[0])[0] if after else _after_docstring(source)
        statement += "\n"
    return source[:place] + statement + source[place:]


def from_import(module: str, names: Sequence[str]) -> str:
    """Return an import, in several lines if it would be too long."""
    names = sorted(set(names), key=lambda name: (not name[0].isupper(), name))
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return line
    return "\n".join(
        [f"from {module} import (", *(f"    {name}," for name in names), ")"]
    )


def _alias(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


def _module(node: ast.Import | ast.ImportFrom) -> str:
    if isinstance(node, ast.Import):
        return node.names[0].name
    return "." * node.level + (node.module or "")


def _order(module: str) -> tuple[int, str]:
    """Return the section of an import, and its place there."""
    if module.startswith("."):
        return 4, module
    if module.startswith("odoo.addons"):
        return 3, module
    if module.partition(".")[0] == "odoo":
        return 2, module
    return int(module != "__future__"), module


def _after_docstring(source: str) -> int:
    body = ast.parse(source).body
    if body and isinstance(body[0], ast.Expr):
        return _span(source, body[0])[1] + 1
    return 0


def _span(source: str, node: ast.stmt | ast.expr) -> tuple[int, int]:
    """Return where a node begins and ends in its source."""
    starts = list(_line_starts(source))

    def place(line: int, column: int) -> int:
        start = starts[line - 1]
        # Columns are counted in bytes.
        text = source[start:].encode()[:column].decode()
        return start + len(text)

    return (
        place(node.lineno, node.col_offset),
        place(node.end_lineno or node.lineno, node.end_col_offset or 0),
    )


def _line_starts(source: str) -> Iterator[int]:
    start = 0
    while True:
        yield start
        start = source.find("\n", start) + 1
        if not start:
            return
