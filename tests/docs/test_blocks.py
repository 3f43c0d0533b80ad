"""Every piece of code in the guides and in the addons' pages is checked.

Code with a file's name, and what is typed into Odoo's shell, is followed: see
``test_tutorial`` and ``test_how_to``. Here is the rest.
"""

from __future__ import annotations

import ast
import configparser
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from setup import addons, cli, odoo_run, paths, virtualenv

from . import blocks, test_how_to, test_tutorial

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # which pytest needs as well

SUITE = addons.in_folder(paths.CHECKOUT)
READMES = [
    page
    for addon in SUITE.values()
    for page in sorted((addon.folder / "readme").glob("*.md"))
]
PAGES = [*sorted(blocks.DOCS.rglob("*.md")), *READMES]
#: Followed by tests of its own, in ``tests/scaffold``, but for a way to do the same.
SCAFFOLD = blocks.DOCS / "scaffold.md"
FOLLOWED_PAGES = {*test_how_to.PAGES, *test_tutorial.PAGES.values()}
BLOCKS = [block for page in PAGES for block in blocks.of_page(page) if block.language]
#: What there is no way to run here, with the reason; each one is named.
NOT_RUN = {
    ("docs/howto/deploy.md", "nginx"): "no nginx at hand",
    ("component/readme/USAGE.md", "text"): "an error message, of a test of its own",
}
#: Programs that are not ours.
ORDINARY = {"cd", "export", "git", "mkdir", "pip"}


def is_followed(block: blocks.Block) -> bool:
    """Whether a test does what the block says."""
    if block.page == SCAFFOLD:
        return block.language != "sh"
    if block.page not in FOLLOWED_PAGES:
        return False
    own = block.file or block.name.startswith(("shell-", "output-"))
    return bool(own) or block.page in test_tutorial.PAGES.values()


def of_language(*languages: str):
    """Parametrize a test with the blocks that are not followed."""
    found = [b for b in BLOCKS if b.language in languages and not is_followed(b)]
    return pytest.mark.parametrize("block", found, ids=map(str, found))


def test_no_code_goes_unchecked():
    checked = {"python", "xml", "json", "ini", "toml", "console", "shell", "bash", "sh"}
    left = {
        (str(block.page.relative_to(paths.CHECKOUT)), block.language)
        for block in BLOCKS
        if not is_followed(block) and block.language not in checked
    }
    assert left == set(NOT_RUN)


def test_python_in_the_guides_is_followed():
    left = [
        str(block)
        for block in BLOCKS
        if block.language == "python"
        and block.page not in READMES
        and not is_followed(block)
    ]
    assert not left


@of_language("python")
def test_python_in_a_readme_is_python(block: blocks.Block):
    ast.parse(block.code, str(block))


def test_what_a_readme_imports_is_there(odoo: odoo_run.Runner):
    lines = set()
    for block in BLOCKS:
        if block.language == "python" and not is_followed(block):
            for node in ast.walk(ast.parse(block.code)):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    lines.add(ast.unparse(node))
    assert len(lines) > 5
    _python(odoo, "\n".join(["import odoo.addons", _EXTEND, *sorted(lines)]))


@of_language("xml")
def test_xml_is_what_odoo_loads(block: blocks.Block, odoo: odoo_run.Runner):
    schema = etree.RelaxNG(file=str(odoo.odoo.home / "odoo" / "import_xml.rng"))
    schema.assertValid(etree.fromstring(f"<odoo>{block.code}</odoo>"))


@of_language("json")
def test_json_is_json(block: blocks.Block):
    json.loads(block.code)


@of_language("toml")
def test_toml_is_toml(block: blocks.Block):
    tomllib.loads(block.code)


@of_language("ini")
def test_settings_are_known(block: blocks.Block, odoo: odoo_run.Runner):
    parser = configparser.RawConfigParser()
    parser.read_string(block.code)
    code = "from odoo.tools import config\nprint(*config.options_index)"
    engine = (SUITE["queue_job"].folder / "engine" / "config.py").read_text()
    known = {
        "options": set(_python(odoo, code).split()),
        "queue_job": {
            *re.findall(r'(?:setting|_number)\("(\w+)"', engine),
            *(f"jobrunner_db_{key}" for key in ("host", "port", "user", "password")),
        },
    }
    for section in parser.sections():
        assert set(parser[section]) <= known[section]


@pytest.fixture(scope="module")
def help_of(odoo: odoo_run.Runner) -> Callable[..., str]:
    """What ``odoo WORDS --help`` prints."""
    known: dict[tuple[str, ...], str] = {}
    env = {**odoo.environment(), "ODOO_RC": str(odoo.configuration())}

    def run(*words: str) -> str:
        if words not in known:
            done = subprocess.run(
                [virtualenv.python(), "-m", "odoo", *words, "--help"],
                env=env,
                cwd=paths.cache(),
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            known[words] = done.stdout
        return known[words]

    return run


@of_language("console", "shell", "bash", "sh")
def test_a_command_is_known_with_its_options(
    block: blocks.Block, help_of: Callable[..., str]
):
    targets = set(re.findall(r"^(\w+):", _makefile(), re.MULTILINE))
    commands = block.commands()
    assert commands
    for command in commands:
        words = shlex.split(command)
        if words[0] == "make":
            assert words[1] in targets, command
        elif words[:3] == ["python3", "-m", "setup"]:
            assert words[3] in cli.COMMANDS, command
        elif words[0] == "odoo":
            _check_odoo(words[1:], help_of)
        else:
            assert words[0] in ORDINARY, command


def _check_odoo(words: list[str], help_of: Callable[..., str]) -> None:
    subcommand = []
    while words and not words[0].startswith("-") and len(subcommand) < 2:
        if subcommand and words[0] not in help_of(*subcommand):
            break
        subcommand.append(words.pop(0))
    known = help_of(*subcommand) if subcommand else ""
    if not subcommand or subcommand == ["queue_worker"]:
        known += help_of("server")
    for word in words:
        if word.startswith("-"):
            assert re.search(rf"(^|[\s,]){re.escape(word.split('=')[0])}\b", known), (
                f"{word} of odoo {' '.join(subcommand)}"
            )


def _makefile() -> str:
    return Path(paths.CHECKOUT, "Makefile").read_text()


_EXTEND = f"odoo.addons.__path__.append({str(paths.CHECKOUT)!r})"


def _python(odoo: odoo_run.Runner, code: str) -> str:
    done = subprocess.run(
        [virtualenv.python(), "-c", code],
        env=odoo.environment(),
        cwd=paths.cache(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
