"""A coffee machine to exchange records with: a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from odoo.api import Environment

from setup import ports
from setup.demo import coffee_machine, options
from setup.processes import Processes


@contextmanager
def machine(**sizes: int) -> Iterator[str]:
    """Have a machine with so many ``recipes``, ``badges`` and ``brews``; its URL."""
    arguments = [f"--{name}={size}" for name, size in sizes.items()]
    with Processes() as servers:
        made = coffee_machine.CoffeeMachine(
            options.parse(arguments), firmware=2, port=ports.any_free()
        )
        made.start(servers)
        yield made.url


def backend(env: Environment, url: str):
    """Return a backend for a machine, with its recipes and badges in Odoo."""
    made = env["coffee.backend"].create(
        {
            "name": "Kitchen",
            "location": url,
            "username": coffee_machine.USER,
            "password": coffee_machine.PASSWORD,
        }
    )
    for model in ("coffee.product.product", "coffee.res.partner"):
        with made.work_on(model, binding_cache={}) as work:
            batch = work.component(usage="batch.importer")
            batch._import_page(list(batch.backend_adapter.search_read()))
    env.cr.commit()
    return made
