"""The models of Odoo and of other addons, read from their source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from ..errors import SetupError
from .source_edit import assigned, texts

_NAME = re.compile(rb"""^[ \t]+_name\b[^\n]*?=[^\n]*?["']([\w.]+)["']""", re.M)
#: Arguments of a field whose value nobody has to give.
_GIVEN = ("default", "compute", "related")


@dataclass(frozen=True)
class OdooField:
    """A field, as its class declares it."""

    name: str
    type: str
    comodel: str | None = None
    required: bool = False
    computed: bool = False
    has_default: bool = False


@dataclass(frozen=True)
class OdooModel:
    """A model, as the addon that defines it declares it.

    ``parents``
        models that it inherits by delegation (``_inherits``)
    """

    name: str
    addon: str
    fields: dict[str, OdooField] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)

    def to_give(self) -> list[OdooField]:
        """Return the fields without which there is no record."""
        return [
            one
            for one in self.fields.values()
            if one.required
            and not one.has_default
            and one.name not in self.parents.values()
        ]


class Catalog:
    """All models below the folders of addons."""

    def __init__(self, addons_path: Iterable[Path]):
        self._addons_path = list(addons_path)

    def model(self, name: str) -> OdooModel:
        """Return a model.

        :raises SetupError: there is none, or it has no records of its own
        """
        for addon, path in self._places.get(name, ()):
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.ClassDef) and _defines(node, name):
                    if kind := _kind_without_records(node):
                        raise SetupError(
                            f"{name} is {kind} model: it has no records to synchronize"
                        )
                    return _read(node, name, addon)
        nearest = get_close_matches(name, self._places, n=1)
        hint = f": did you mean {nearest[0]}?" if nearest else ""
        raise SetupError(f"there is no model {name} in the addons path{hint}")

    def depends(self, addons: Iterable[str]) -> set[str]:
        """Return the addons and all that they depend on."""
        todo, found = list(addons), {"base"}
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo += self._depends_of(name)
        return found

    def _depends_of(self, addon: str) -> list[str]:
        for folder in self._addons_path:
            manifest = folder / addon / "__manifest__.py"
            if manifest.is_file():
                return ast.literal_eval(manifest.read_text()).get("depends", [])
        return []

    @cached_property
    def _places(self) -> dict[str, list[tuple[str, Path]]]:
        places: dict[str, list[tuple[str, Path]]] = {}
        for addon, path in self._files():
            for name in _NAME.findall(path.read_bytes()):
                places.setdefault(name.decode(), []).append((addon, path))
        return places

    def _files(self) -> Iterator[tuple[str, Path]]:
        for folder in self._addons_path:
            for manifest in sorted(folder.glob("*/__manifest__.py")):
                addon = manifest.parent
                for path in sorted(addon.rglob("*.py")):
                    if not {"tests", "migrations"} & {*path.relative_to(addon).parts}:
                        yield addon.name, path


def _defines(node: ast.ClassDef, name: str) -> bool:
    """Whether a class defines a model, rather than extends it."""
    return name in texts(assigned(node.body, "_name")) and name not in texts(
        assigned(node.body, "_inherit")
    )


def _kind_without_records(node: ast.ClassDef) -> str | None:
    bases = {getattr(base, "attr", "") for base in node.bases}
    if "AbstractModel" in bases:
        return "an abstract"
    return "a transient" if "TransientModel" in bases else None


def _read(node: ast.ClassDef, name: str, addon: str) -> OdooModel:
    parents = assigned(node.body, "_inherits")
    inherits: dict[str, str] = {}
    if isinstance(parents, ast.Dict):
        for key, value in zip(parents.keys, parents.values, strict=True):
            inherits.update(zip(texts(key), texts(value), strict=False))
    found = {}
    for statement in node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            one = _field(statement.targets[0], statement.value)
            if one:
                found[one.name] = one
                if one.comodel and _is(statement.value, "delegate", True):
                    inherits[one.comodel] = one.name
    return OdooModel(name, addon, found, inherits)


def _field(target: ast.expr, call: ast.Call) -> OdooField | None:
    maker = call.func
    if not (
        isinstance(target, ast.Name)
        and isinstance(maker, ast.Attribute)
        and getattr(maker.value, "id", None) == "fields"
    ):
        return None
    given = {keyword.arg for keyword in call.keywords}
    comodel = _argument(call, "comodel_name") or (call.args[0] if call.args else None)
    return OdooField(
        target.id,
        maker.attr,
        next(iter(texts(comodel)), None) if maker.attr == "Many2one" else None,
        required=_is(call, "required", True),
        computed=bool({"compute", "related"} & given)
        and "inverse" not in given
        and not _is(call, "readonly", False),
        has_default=bool(given.intersection(_GIVEN)),
    )


def _argument(call: ast.Call, name: str) -> ast.expr | None:
    return next((one.value for one in call.keywords if one.arg == name), None)


def _is(call: ast.Call, name: str, value: bool) -> bool:
    given = _argument(call, name)
    return isinstance(given, ast.Constant) and given.value is value
