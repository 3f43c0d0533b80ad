"""An existing connector, read from its source."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import SetupError
from .edits import Edits
from .names import Names
from .source_edit import assigned, texts

_BACKENDS = {"connector.backend", "connector.backend.mixin"}


@dataclass(frozen=True)
class Connector:
    """What the addon of a connector declares.

    ``backend_file``, ``backend_class``, ``backend_model``
        its backend
    ``models``
        names of all models that it defines
    ``adapters``
        components that its own components inherit
    ``since``
        parameter of its ``KeysetPaging`` for the changes since a time
    """

    folder: Path
    backend_file: Path
    backend_class: str
    backend_model: str
    models: frozenset[str]
    components: frozenset[str] = field(default_factory=frozenset)
    since: str | None = None

    @property
    def names(self) -> Names:
        """The names derived from those of the backend."""
        return Names.of_backend(self.backend_model, self.backend_class)


def read(folder: Path, edits: Edits) -> Connector:
    """Return the connector in a folder, with the edits to come.

    :raises SetupError: there is none to which models can be declared
    """
    if not edits.exists(folder / "__manifest__.py"):
        raise SetupError(f"{folder} is no addon: it has no __manifest__.py")
    backends, names, inherited = [], set(), set()
    calls: dict[str, ast.Call] = {}
    for path in edits.modules(folder):
        if "tests" in path.relative_to(folder).parts:
            continue
        try:
            tree = ast.parse(edits.read(path))
        except SyntaxError as error:
            raise SetupError(f"{path}:{error.lineno}: {error.msg}") from None
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                own = texts(assigned(node.body, "_name"))
                parents = texts(assigned(node.body, "_inherit"))
                names.update(own)
                inherited.update(parents)
                if own and _BACKENDS.intersection(parents):
                    backends.append((path, node, own[0]))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                calls.setdefault(node.func.id, node)
    path, node, model = _only(folder, backends)
    paging = calls.get("KeysetPaging")
    return Connector(
        folder,
        path,
        node.name,
        model,
        frozenset(names),
        frozenset(inherited),
        since=(_text(paging, "since", 2) or "updated_since") if paging else None,
    )


def _only(folder: Path, backends: list) -> tuple[Path, ast.ClassDef, str]:
    if not backends:
        raise SetupError(
            f"{folder} is no connector: none of its models inherits "
            "connector.backend.mixin"
        )
    if len(backends) > 1:
        models = ", ".join(model for _path, _node, model in backends)
        raise SetupError(
            f"{folder} has several backends ({models}): add the model by hand"
        )
    path, node, model = backends[0]
    defaults = assigned(node.body, "_connector_defaults")
    if not (isinstance(defaults, ast.Constant) and defaults.value is True):
        raise SetupError(
            f"{path}: {node.name} does not use declarations: set "
            "_connector_defaults = True, see docs/howto/declare.md"
        )
    return path, node, model


def _text(call: ast.Call | None, name: str, position: int) -> str | None:
    if not call:
        return None
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    positional = call.args[position] if len(call.args) > position else None
    return next(iter(texts(given.get(name, positional))), None)
