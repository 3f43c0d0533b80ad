"""Databases, made quickly from templates that hold Odoo's own addons.

A template is named after what is in it: the Odoo it was made with and the addons. It
is kept in the PostgreSQL cluster, its filestore in the cache.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import psycopg2
from psycopg2 import sql

from . import addons, paths
from .lock import exclusive
from .odoo_run import Runner
from .steps import key_of, python_version, run_logged, say

PREFIX = "suite_tpl_"


def execute(statement: str, *names: str) -> None:
    """Run `statement`, its ``{}`` filled with quoted `names`, outside a transaction."""
    with closing(psycopg2.connect(dbname="postgres")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def exists(name: str) -> bool:
    """Return whether the database `name` exists."""
    with closing(psycopg2.connect(dbname="postgres")) as connection:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            return cursor.fetchone() is not None


def filestore(name: str) -> Path:
    """Return the folder of the attachments of the database `name`."""
    return data_dir() / "filestore" / name


def data_dir() -> Path:
    """Return Odoo's data folder."""
    return paths.cache() / "odoo-data"


def drop(name: str) -> None:
    """Drop the database `name` with its filestore, whoever is connected to it."""
    execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    shutil.rmtree(filestore(name), ignore_errors=True)


def create(name: str, runner: Runner, addon_names: Iterable[str]) -> None:
    """Make the database `name`, ready for the installation of `addon_names`."""
    template = ensure_template(runner, addons.foreign_dependencies(addon_names))
    execute("CREATE DATABASE {} TEMPLATE {}", name, template)
    if filestore(template).is_dir():
        # Odoo never changes a file of the filestore, so that both can share them
        shutil.copytree(filestore(template), filestore(name), copy_function=os.link)


def ensure_template(runner: Runner, modules: list[str]) -> str:
    """Return the name of the template with `modules` installed, made when missing."""
    generation = key_of([python_version(), *_odoo_state(runner, modules)])
    name = f"{PREFIX}{generation}_{key_of(modules)}"[:60]
    with exclusive(
        paths.cache() / f"{name}.lock", "another run is making the same database"
    ):
        if exists(name):
            return name
        say(f"==> Database template with {', '.join(modules)} ...")
        partial = f"{name}_"
        drop(partial)
        drop(name)
        run_logged(
            runner.command(partial, init=modules, stop=True, log_level="warn"),
            "template",
            "Odoo could not install its own addons",
            env=runner.environment(),
            cwd=paths.cache(),
        )
        if filestore(partial).is_dir():
            filestore(partial).rename(filestore(name))
        execute("ALTER DATABASE {} RENAME TO {}", partial, name)
    return name


def _odoo_state(runner: Runner, modules: list[str]) -> list[str]:
    """Return what tells one state of the code behind `modules` from another."""
    home = runner.odoo.home
    folders = {home / "odoo" / part for part in ("orm", "models", "modules")}
    todo = list(modules)
    while todo:
        name = todo.pop()
        for path in runner.odoo.addons_path:
            folder = path / name
            if folder in folders or not (addon := addons.read(folder)):
                continue
            folders.add(folder)
            todo.extend(addon.depends)
    found = []
    for folder in sorted(folders):
        for kind in ("*.py", "*.xml", "*.csv"):
            for file in sorted(folder.rglob(kind)):
                state = file.stat()
                found.append(f"{file.relative_to(home)} {state.st_size}")
                found.append(str(state.st_mtime_ns))
    return [runner.odoo.version(), *found]
