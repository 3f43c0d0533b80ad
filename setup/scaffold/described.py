"""Writes a connector, or adds models to one, from an OpenAPI description."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .. import openapi
from ..errors import SetupError
from ..odoo_run import Runner
from ..steps import say
from . import connector_files, connector_source
from .edits import Edits
from .model_files import add_model
from .odoo_models import Catalog
from .plan import ConnectorPlan, ModelPlan

#: Reads one page, and fails if the response announces more.
_UNKNOWN_PAGING = "Paging()"


@dataclass(frozen=True)
class Described:
    """What a description says.

    ``file``
        the description
    ``others``
        lists that are not taken: their paths, and why, or ``None`` if they can be added
    """

    file: Path
    auth: Sequence[str]
    models: Sequence[ModelPlan]
    others: dict[str, str | None]


def read(file: Path, model: str | None, path: str | None) -> Described:
    """Read a description, and choose its lists, or the one that is named.

    :raises SetupError: the file is no description, or has no such list
    """
    document = openapi.load(file)
    found, unusable = openapi.find_collections(document)
    chosen = openapi.choose(document, found, unusable, model, path)
    taken = {one.path for _model, one in chosen}
    others: dict[str, str | None] = {
        one.path: None for one in found if one.path not in taken
    }
    others.update({one.path: one.reason for one in unusable})
    plans = [openapi.model_plan(document, one, name) for name, one in chosen]
    return Described(file, openapi.auth_lines(document), plans, others)


def create(
    runner: Runner, name: str, folder: Path, catalog: Catalog, described: Described
) -> Path:
    """Create a connector with all models of a description; return its folder.

    :raises SetupError: there is no model, or something of this name
    """
    if not described.models:
        raise SetupError(
            "the description has no list that surely is a model of Odoo: choose one\n"
            + "\n".join(_commands(name, described))
        )
    usual = Counter(one.resource.paging or _UNKNOWN_PAGING for one in described.models)
    paging = usual.most_common(1)[0][0]
    models = [_with_paging(one, paging) for one in described.models]

    auth = list(described.auth)
    if auth[0].startswith("#"):
        auth.insert(0, "")
    plan = ConnectorPlan(name, models, auth, paging)

    def complete(made: Path) -> None:
        connector_files.write_plan(plan, made, catalog)

    template = connector_files.WITHOUT_MODELS
    return connector_files.create(runner, name, folder, template, complete)


def extend(existing: Path, catalog: Catalog, described: Described) -> None:
    """Add the models of a description to a connector.

    :raises SetupError: one of them cannot be added; then nothing is written
    """
    edits = Edits()
    for plan in described.models:
        connector = connector_source.read(existing, edits)
        add_model(_with_paging(plan, ""), connector, catalog, edits)
    for path in edits.save():
        say(f"    {path}")


def tell_others(name: str, described: Described) -> None:
    """Print which lists were not taken, and the command that adds them."""
    lines = _commands(name, described)
    if lines:
        say("The description has other lists:")
        for line in lines:
            say(line)


def _with_paging(plan: ModelPlan, usual: str) -> ModelPlan:
    """Return a plan that declares its paging only if it is not the usual one."""
    paging = plan.resource.paging or _UNKNOWN_PAGING
    declared = None if paging == usual else paging
    return replace(plan, resource=replace(plan.resource, paging=declared))


def _commands(name: str, described: Described) -> list[str]:
    return [
        f"    # {path}: {reason}"
        if reason
        else f"    make scaffold NAME={name} OPENAPI={described.file} "
        f"MODEL=... RESOURCE={path}"
        for path, reason in described.others.items()
    ]
