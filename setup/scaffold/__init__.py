"""Creates a connector from a template, and adds models to connectors."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from .. import addons, paths
from ..errors import SetupError
from ..odoo_run import Runner
from ..steps import say
from . import connector_files, connector_source, described
from .edits import Edits
from .model_files import add_model
from .names import addon_name, file_name
from .odoo_models import Catalog
from .plan import ConnectorPlan
from .suggestions import suggest


def run(runner: Runner, arguments: Sequence[str]) -> int:
    """Create the connector, or add the model, of the command line `arguments`.

    :raises SetupError: something is missing, wrong, or there already
    """
    options = _parse(arguments)
    name = addon_name(options.name)
    if options.openapi:
        if options.template:
            raise SetupError("TEMPLATE and OPENAPI exclude each other")
        return _described(runner, name, options)
    if options.model or options.resource:
        if not (options.model and options.resource):
            raise SetupError(
                "a model needs both: MODEL=res.partner RESOURCE=/customers"
            )
        if options.template:
            raise SetupError(
                "TEMPLATE is for a connector without MODEL, which adds an import to "
                "any connector with a REST API"
            )
        return _model(runner, name, options)
    made = connector_files.create(
        runner, name, _folder(options.folder), options.template or "rest"
    )
    _say_next(f"{made} is a working connector. Test it, then adapt it:", made)
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    templates = connector_files.TEMPLATES.iterdir()
    parser = argparse.ArgumentParser(prog="python3 -m setup scaffold")
    parser.add_argument("name", help="of the addon, like connector_tea")
    parser.add_argument(
        "--template",
        choices=sorted(path.name for path in templates if path.is_dir()),
        help="of a new connector; rest if not given",
    )
    parser.add_argument("--model", help="to add: an Odoo model, like res.partner")
    parser.add_argument("--resource", help="path of its records, like /customers")
    parser.add_argument(
        "--openapi", type=Path, help="description of the API, as JSON or YAML"
    )
    parser.add_argument(
        "--folder", type=Path, help="of the addon; else the first one of ADDONS_PATH"
    )
    return parser.parse_args(arguments)


def _model(runner: Runner, name: str, options: argparse.Namespace) -> int:
    """Add a model to a connector, which is created if there is none."""
    folders = [_folder(options.folder), *addons.own_addons_path()]
    catalog = Catalog(dict.fromkeys([*runner.odoo.addons_path, *folders]))
    model = catalog.model(options.model)
    existing = next((one / name for one in folders if (one / name).exists()), None)
    left: list[str] = []

    def complete(made: Path) -> None:
        connector = connector_source.read(made, Edits())
        plan, left[:] = suggest(catalog, connector, model, options.resource)
        connector_files.write_plan(ConnectorPlan(name, [plan]), made, catalog)

    if existing:
        made, edits = existing, Edits()
        connector = connector_source.read(made, edits)
        plan, left = suggest(catalog, connector, model, options.resource)
        add_model(plan, connector, catalog, edits)
        for path in edits.save():
            say(f"    {path}")
    else:
        template = connector_files.WITHOUT_MODELS
        made = connector_files.create(runner, name, folders[0], template, complete)
    if left:
        say(
            f"{options.model} also requires {', '.join(left)}: complete _import_map in "
            f"{file_name(options.model)}.py"
        )
    _say_next(f"{made} imports {options.model} from {options.resource}:", made)
    return 0


def _described(runner: Runner, name: str, options: argparse.Namespace) -> int:
    """Create or extend a connector as the description of its API says."""
    folders = [_folder(options.folder), *addons.own_addons_path()]
    catalog = Catalog(dict.fromkeys([*runner.odoo.addons_path, *folders]))
    if options.model:
        catalog.model(options.model)
    plans = described.read(options.openapi, options.model, options.resource)
    made = next((one / name for one in folders if (one / name).exists()), None)
    if made:
        described.extend(made, catalog, plans)
    else:
        made = described.create(runner, name, folders[0], catalog, plans)
    described.tell_others(name, plans)
    models = ", ".join(plan.model for plan in plans.models)
    _say_next(f"{made} imports {models}:", made)
    return 0


def _say_next(text: str, made: Path) -> None:
    say(text)
    say(f"    make test ADDON={made.name} ADDONS_PATH={made.parent}")


def _folder(named: Path | None) -> Path:
    if named:
        return named.expanduser().resolve()
    path = paths.addons_path_extra()
    if not path:
        raise SetupError(
            "say where your addons are: ADDONS_PATH=~/addons, or --folder ~/addons"
        )
    return path[0]
