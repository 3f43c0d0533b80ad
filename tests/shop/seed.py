"""Shops that are full at once: copies of one that was filled by its own API."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from setup import databases, paths
from setup.lock import exclusive
from setup.processes import Processes
from setup.steps import key_of, say

from . import contents, ground, node
from .server import Shop
from .sizes import Sizes

PREFIX = "suite_shop_tpl_"
MADE_BY = ("api", "catalog", "contents", "ground", "orders", "people")
#: columns with the address of a picture, which begins with that of the shop
PICTURES = (
    ("image", "url"),
    ("product", "thumbnail"),
    ("order_line_item", "thumbnail"),
    ("cart_line_item", "thumbnail"),
)


@dataclass(frozen=True)
class Seed:
    """A filled shop: a database that is only copied, and a folder."""

    database: str
    folder: Path

    def ground(self) -> ground.Ground:
        """Return the ids and keys of what is there once."""
        return ground.Ground(**self._facts()["ground"])

    def copy_to(self, shop: Shop) -> None:
        """Fill `shop`, which has no database yet."""
        databases.execute(
            "CREATE DATABASE {} TEMPLATE {}", shop.database, self.database
        )
        shutil.copytree(self.folder / "static", shop.folder / "static")
        with closing(psycopg2.connect(dbname=shop.database)) as connection, connection:
            with connection.cursor() as cursor:
                for table, column in PICTURES:
                    cursor.execute(
                        f"UPDATE {table} SET {column} = replace({column}, %s, %s)",
                        (self._facts()["url"], shop.url),
                    )

    def _facts(self) -> dict:
        return json.loads((self.folder / "seed.json").read_text())


def ensure(sizes: Sizes) -> Seed:
    """Return the seed with `sizes`; it is made when it is missing."""
    here = Path(__file__).parent
    sources = [(here / f"{name}.py").read_bytes() for name in MADE_BY]
    key = key_of([node.packages_key(), sizes.key, *sources])
    seed = Seed(f"{PREFIX}{key}", paths.cache() / "shop" / f"seed-{key}")
    lock = seed.folder.with_suffix(".lock")
    with exclusive(lock, "another run fills the same shop: waiting"):
        if not (databases.exists(seed.database) and seed.folder.is_dir()):
            say(f"==> Filling a shop, once: {sizes}")
            _make(seed, sizes)
    return seed


def _make(seed: Seed, sizes: Sizes) -> None:
    partial = f"{seed.database}_"
    for database in (seed.database, partial):
        databases.drop(database)
    shutil.rmtree(seed.folder, ignore_errors=True)
    seed.folder.parent.mkdir(parents=True, exist_ok=True)
    databases.execute("CREATE DATABASE {}", partial)
    with tempfile.TemporaryDirectory(dir=seed.folder.parent) as name:
        folder = Path(name)
        node.make_project(folder)
        with Processes() as servers:
            shop = Shop(folder, partial, servers)
            shop.migrate()
            shop.start()
            laid = contents.fill(shop, sizes)
        kept = folder / "kept"
        kept.mkdir()
        facts = {"url": shop.url, "ground": laid.as_dict()}
        (kept / "seed.json").write_text(json.dumps(facts))
        (folder / "static").rename(kept / "static")
        databases.execute("ALTER DATABASE {} RENAME TO {}", partial, seed.database)
        os.rename(kept, seed.folder)


@contextmanager
def copy_of(seed: Seed, port: int = 0) -> Iterator[Shop]:
    """Start a filled shop on a database of its own; stop and drop it in the end."""
    with tempfile.TemporaryDirectory(prefix="suite-shop-") as name:
        with Processes() as servers:
            folder = Path(name)
            node.make_project(folder)
            shop = Shop(folder, f"suite_shop_{uuid.uuid4().hex[:8]}", servers, port)
            try:
                seed.copy_to(shop)
                shop.start()
                yield shop
            finally:
                servers.stop_all()
                databases.drop(shop.database)
