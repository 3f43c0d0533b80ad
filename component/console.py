"""Helpers shared by the commands of this addon and its dependents."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg2

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.tools import config

from .core import WorkContext
from .databases import _component_databases
from .registry import ComponentRegistry


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for the database and the output format."""
    parser.add_argument("-c", "--config", help="use a specific configuration file")
    parser.add_argument("-d", "--database", help="name of the database")
    parser.add_argument("--json", action="store_true", help="print JSON, not a table")


@contextmanager
def opened(
    parser: argparse.ArgumentParser, args: argparse.Namespace
) -> Iterator[tuple[Environment, ComponentRegistry]]:
    """Open the database given by the options; changes are rolled back."""
    options = ["--no-http"]
    if args.config:
        options += ["-c", args.config]
    if args.database:
        options += ["-d", args.database]
    config.parse_config(options, setup_logging=True)
    names = config["db_name"]
    if len(names) != 1:
        parser.error("specify exactly one database: -d NAME")
    try:
        cursor = Registry(names[0]).cursor()
    except psycopg2.OperationalError as error:
        parser.error(f"database {names[0]} cannot be opened: {error}")
    with cursor as cr:
        registry = _component_databases.get(names[0])
        if registry is None:
            parser.error(
                f"database {names[0]} has no components: install an addon that has some"
            )
        yield Environment(cr, SUPERUSER_ID, {}), registry
        cr.rollback()


def work_context(
    parser: argparse.ArgumentParser,
    env: Environment,
    collection: str,
    model: str,
    record_id: int | None = None,
) -> WorkContext:
    """Return a work context for a collection and a model, by name."""
    check_models(parser, env, collection, model)
    record = env[collection].browse(record_id or ())
    if record and (record._abstract or not record.exists()):
        parser.error(
            f"no record {record_id} of {collection}: give the ID of an existing one"
        )
    return WorkContext(model_name=model, collection=record)


def check_models(
    parser: argparse.ArgumentParser, env: Environment, *names: str | None
) -> None:
    """Exit with an error for the first name that is no model of the database."""
    for name in names:
        if name and name not in env:
            parser.error(f"no model {name} in database {env.cr.dbname}")


def say(line: str = "") -> None:
    """Print a line of the result to standard output; logs go elsewhere."""
    sys.stdout.write(f"{line}\n")


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    say(json.dumps(value, indent=2))


def print_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; a cell may have several lines."""
    cells = [[cell.splitlines() or [""] for cell in row] for row in [headers, *rows]]
    widths = [
        max(len(line) for cell in column for line in cell)
        for column in zip(*cells, strict=True)
    ]
    for number, row in enumerate(cells):
        for index in range(max(map(len, row))):
            line = [cell[index] if index < len(cell) else "" for cell in row]
            say("  ".join(map(str.ljust, line, widths)).rstrip())
        if number == 0:
            say("  ".join("-" * width for width in widths))


def models(names: list[str] | None) -> str:
    """Return the models of a component as a table cell."""
    if names is None:
        return "any"
    return "\n".join(names) or "none (by name only)"
