"""A running shop, and Odoo beside it, for the tests of one file."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from setup.odoo_run import Runner

from . import seed, sizes
from .ground import Ground
from .node import NoNode, require_node
from .server import Shop
from .stage import Stage, beside


@pytest.fixture(scope="module")
def full_shop(postgresql: dict[str, str]) -> Iterator[tuple[Shop, Ground]]:
    """A small shop that is full; skipped where there is no Node, but not in CI."""
    try:
        require_node()
    except NoNode as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    small = seed.ensure(sizes.SHORT)
    with seed.copy_of(small) as shop:
        yield shop, small.ground()


@pytest.fixture(scope="module")
def stage(full_shop: tuple[Shop, Ground], odoo: Runner) -> Iterator[Stage]:
    """The shop, Odoo with two job servers, and a backend that connects them."""
    shop, ground = full_shop
    with beside(odoo, shop, ground) as made:
        made.odoo.start_worker()
        made.odoo.start_worker()
        yield made
