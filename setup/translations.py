"""The addons' translations: templates from Odoo's exporter, languages merged with them.

A template is what Odoo exports from a database with the addons installed, less what
differs between two exports of the same code. A language keeps what was translated.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import uuid
from collections.abc import Collection, Iterable
from pathlib import Path

import polib

from . import databases, paths
from .addons import Addon
from .errors import SetupError
from .odoo_run import Runner
from .steps import run_logged, say

LANGUAGES = ("fr",)
PROJECT = "Odoo Connector Suite 19.0"
# A term of a field that another addon defines, like a field of product.product on a
# binding. It is translated too, but changes with Odoo: a template is not out of date
# because of it.
INHERITED = "a term of an inherited field"
# read by Odoo's shell; one start of Odoo for all addons
EXPORT = """
import json
from odoo.tools.translate import trans_export
for name in {names!r}:
    with open({folder!r} + "/" + name + ".pot", "wb") as template:
        trans_export(False, [name], template, "po", env)
inherited = []
for model in ("ir.model.fields", "ir.model.fields.selection"):
    for record in env[model].search([]):
        of = record if model == "ir.model.fields" else record.field_id
        field = env[of.model]._fields.get(of.name) if of.model in env else None
        if field is None or field.inherited or field._module not in {names!r}:
            inherited += record._get_external_ids()[record.id]
with open({folder!r} + "/inherited.json", "w") as file:
    json.dump(inherited, file)
"""


def export(addons: Iterable[Addon], runner: Runner) -> dict[str, str]:
    """The template of each addon by its name, from a database made for it.

    PostgreSQL must be running. An addon without a term has an empty text.

    :raises SetupError: the addons could not be installed or exported
    """
    names = [addon.name for addon in addons]
    database = f"suite_i18n_{uuid.uuid4().hex[:8]}"
    databases.create(database, runner, names)
    try:
        run_logged(
            runner.command(database, init=names, stop=True, log_level="warn"),
            "i18n",
            "Odoo could not install the addons",
            env=runner.environment(),
            cwd=paths.cache(),
        )
        with tempfile.TemporaryDirectory() as folder:
            _export_into(folder, names, database, runner)
            inherited = set(json.loads(Path(folder, "inherited.json").read_text()))
            return {
                name: normalized(
                    Path(folder, f"{name}.pot").read_text("utf-8"), inherited
                )
                for name in names
            }
    finally:
        databases.drop(database)


def _export_into(folder: str, names: list[str], database: str, runner: Runner) -> None:
    command = [*runner.program("shell"), f"--database={database}", "--no-http"]
    done = subprocess.run(
        [*command, "--log-level=warn"],
        input=EXPORT.format(names=names, folder=folder),
        env=runner.environment(),
        cwd=paths.cache(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode or not Path(folder, "inherited.json").exists():
        raise SetupError(f"Odoo could not export the terms: {done.stdout.strip()}")


def normalized(template: str, inherited: Collection[str] = ()) -> str:
    """A template without dates and versions; empty where it has no term.

    :param inherited: external ids of fields, and their choices, of other addons
    """
    terms = polib.pofile(template)
    if not len(terms):
        return ""
    for entry in terms:
        if all(where.split(":")[-1] in inherited for where, _line in entry.occurrences):
            entry.comment = f"{entry.comment}\n{INHERITED}"
    terms.header = "Translations template; made by python3 -m setup i18n"
    terms.metadata = {
        "Project-Id-Version": PROJECT,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    return f"{str(terms).strip()}\n"


def template_path(addon: Addon) -> Path:
    return addon.folder / "i18n" / f"{addon.name}.pot"


def language_path(addon: Addon, language: str) -> Path:
    return addon.folder / "i18n" / f"{language}.po"


def stale_templates(addons: Iterable[Addon], exported: dict[str, str]) -> list[str]:
    """The names of the addons whose template has not the terms that were exported."""
    stale = []
    for addon in addons:
        path = template_path(addon)
        current = polib.pofile(path.read_text("utf-8")) if path.exists() else []
        wanted = polib.pofile(exported[addon.name]) if exported[addon.name] else []
        if not (_own(wanted) <= _all(current) and _own(current) <= _all(wanted)):
            stale.append(addon.name)
    return stale


def _all(template: Iterable[polib.POEntry]) -> set[str]:
    return {entry.msgid for entry in template}


def _own(template: Iterable[polib.POEntry]) -> set[str]:
    return {entry.msgid for entry in template if INHERITED not in entry.comment}


def untranslated(addon: Addon, language: str) -> list[str]:
    """The terms of the addon's template that the language does not translate."""
    if not template_path(addon).exists():
        return []
    path = language_path(addon, language)
    translations = polib.pofile(str(path)) if path.exists() else []
    known = {entry.msgid for entry in translations if entry.translated()}
    template = polib.pofile(str(template_path(addon)))
    return [entry.msgid for entry in template if entry.msgid not in known]


def write(addon: Addon, template: str) -> None:
    """Write the addon's template, and bring its languages up to date with it."""
    path = template_path(addon)
    if not template:
        return
    path.parent.mkdir(exist_ok=True)
    path.write_text(template, encoding="utf-8")
    for language in LANGUAGES:
        _merge(polib.pofile(template), language_path(addon, language), language)


def _merge(template: polib.POFile, path: Path, language: str) -> None:
    """Write `path` with the terms of `template`, and what it translated of them."""
    former = polib.pofile(str(path)) if path.exists() else []
    known = {entry.msgid: entry.msgstr for entry in former if entry.translated()}
    for entry in template:
        entry.msgstr = known.get(entry.msgid, "")
    template.header = f"Translation into the language {language}"
    template.metadata["Language"] = language
    template.metadata["Plural-Forms"] = "nplurals=2; plural=(n > 1);"
    path.write_text(f"{str(template).strip()}\n", encoding="utf-8")


def update(addons: list[Addon], runner: Runner) -> None:
    """Export all templates, merge all languages, tell what is left to translate."""
    for name, template in export(addons, runner).items():
        write(next(addon for addon in addons if addon.name == name), template)
    for addon in addons:
        for language in LANGUAGES:
            left = untranslated(addon, language)
            say(f"{addon.name}, {language}: {len(left)} terms to translate")


def check(addons: list[Addon], runner: Runner) -> list[str]:
    """What is wrong with the translations, one line each."""
    stale = stale_templates(addons, export(addons, runner))
    problems = [
        f"{name}/i18n/{name}.pot is out of date: run python3 -m setup i18n"
        for name in stale
    ]
    for addon in addons:
        for language in LANGUAGES:
            problems += [
                f"{addon.name}/i18n/{language}.po does not translate {term!r}"
                for term in untranslated(addon, language)
            ]
    return problems
