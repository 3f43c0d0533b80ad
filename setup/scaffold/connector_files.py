"""Writes the addon of a new connector."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from .. import paths, virtualenv
from ..errors import SetupError
from ..odoo_run import Runner
from . import connector_source
from .edits import Edits
from .model_files import add_model
from .names import Names
from .odoo_models import Catalog
from .plan import ConnectorPlan
from .render import API, api_names, indented, source_of_call
from .source_edit import from_import

TEMPLATES = paths.CHECKOUT / "connector" / "scaffold"
#: The template of a connector whose models are added one by one.
WITHOUT_MODELS = "empty"


def create(
    runner: Runner,
    addon: str,
    folder: Path,
    template: str,
    complete: Callable[[Path], None] = lambda made: None,
) -> Path:
    """Create an addon from a template, with Odoo's command; return its folder.

    :param complete: changes it before it appears in `folder`
    :raises SetupError: there is something of this name
    """
    target = folder / addon
    if target.exists():
        raise SetupError(f"{target} already exists: choose another name")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".scaffold-") as partial:
        subprocess.run(
            [
                *(virtualenv.python(), "-m", "odoo", "scaffold"),
                *("--template", TEMPLATES / template, addon, partial),
            ],
            env=runner.environment(),
            check=True,
        )
        made = Path(partial) / addon
        complete(made)
        made.rename(target)
    return target


def write_plan(plan: ConnectorPlan, made: Path, catalog: Catalog) -> None:
    """Write the login, the paging, the connection test and the models of a system.

    :param made: a new connector of the template :data:`WITHOUT_MODELS`
    :raises SetupError: a model cannot be added; nothing is written
    """
    edits = Edits()
    _describe_system(plan, made, edits)
    for model in plan.models:
        add_model(model, connector_source.read(made, edits), catalog, edits)
    edits.save()


def _describe_system(plan: ConnectorPlan, made: Path, edits: Edits) -> None:
    names = Names.of_addon(plan.name)
    edits.write(made / "components.py", _adapter_source(plan, names))
    check_path = plan.check_path or plan.models[0].resource.path
    connector = connector_source.read(made, edits)
    defaults = "    _connector_defaults = True\n"
    source = edits.read(connector.backend_file)
    check = f'{defaults}    _check_path = "{check_path}"\n'
    edits.write(connector.backend_file, source.replace(defaults, check, 1))


def _adapter_source(plan: ConnectorPlan, names: Names) -> str:
    body = [
        f'"""Calls the API of {names.title}."""',
        "",
        f'_name = "{names.prefix}.adapter"',
        '_inherit = "base.rest.adapter"',
        f'_collection = "{names.prefix}.backend"',
        *source_of_call("_paging = ", plan.paging, 4).split("\n"),
    ]
    if plan.auth and plan.auth[0].startswith(("def ", "@")):
        body.append("")
    body += plan.auth
    used = api_names(plan.paging, "\n".join(plan.auth))
    imports = [
        from_import("odoo.addons.component.core", ["Component"]),
        from_import(API, used),
    ]
    head = "\n".join(imports)
    return f"{head}\n\n\nclass {names.cls}Adapter(Component):\n{indented(body, 4)}"
