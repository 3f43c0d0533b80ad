"""Runs a Medusa shop and Odoo, synchronizes them and compares both sides."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from setup import environment, postgres
from setup.demo.client import LOGIN
from setup.demo.client import PASSWORD as ODOO_PASSWORD
from setup.errors import SetupError, Stopped
from setup.odoo_run import Runner
from setup.processes import signals_stop

from . import odoo, options, seed, stage
from .compare import Comparison
from .server import EMAIL, PASSWORD
from .steps import Steps

#: of `--long`, the numbers of issue and guide
EDITS, FAULTS, DELETIONS, ORDERS = 200, 0.1, 0.05, 1000


def main(arguments: Sequence[str]) -> int:
    """Run the command; return 0 only if both sides hold the same in the end."""
    chosen = options.parse(arguments)
    console = Console(highlight=False)
    options.check_ports(chosen)
    odoo.require_connector()
    with postgres.running():
        runner = Runner(environment.find_odoo())
        full = seed.ensure(chosen.sizes)
        with (
            seed.copy_of(full, chosen.shop_port) as shop,
            stage.beside(runner, shop, full.ground(), chosen.odoo_port) as running,
        ):
            running.odoo.start_worker()
            running.odoo.start_worker()
            wrong = _go_through(running, chosen, console)
            if chosen.stays:
                _stay(running, console)
    return 1 if wrong else 0


def _go_through(
    running: stage.Stage, chosen: options.Options, console: Console
) -> list[str]:
    steps = Steps(running, chosen.seed)
    todo: list[tuple[str, Callable[[], list[str]]]] = [
        ("full import", steps.everything),
        ("repeated", steps.again),
    ]
    if chosen.goes_through_everything:
        todo += [
            (f"{EDITS} edits", lambda: steps.edited(EDITS)),
            (f"{FAULTS:.0%} faults", lambda: steps.on_a_bad_line(EDITS, FAULTS)),
            ("killed servers", lambda: steps.killed(EDITS)),
            (f"{DELETIONS:.0%} deleted", lambda: steps.deleted(DELETIONS)),
            (f"{ORDERS} orders at once", lambda: steps.at_once(ORDERS, EDITS)),
        ]
    wrong = []
    for title, step in todo:
        console.print(f"==> {title}")
        begun = time.monotonic()
        found = step()
        console.print(
            _table(f"{title}: {time.monotonic() - begun:.0f} s", steps.compared)
        )
        for line in found:
            console.print(f"[red]{line}[/]", soft_wrap=True)
        wrong += found
    if not wrong:
        console.print("[green]The shop and Odoo hold the same, every record once.[/]")
    return wrong


def _table(title: str, compared: Sequence[Comparison]) -> Table:
    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left")
    for name in ("", "shop", "Odoo", "fields compared", "differences"):
        table.add_column(name, justify="right" if name else "left")
    for one in compared:
        row = (one.in_shop, one.in_odoo, one.compared_fields, len(one.differences))
        style = "red" if one.differences else ""
        table.add_row(one.kind, *map(str, row), style=style)
    return table


def _stay(running: stage.Stage, console: Console) -> None:
    console.print(
        f"""
Odoo:  {running.odoo.client.url}/odoo
  log in as {LOGIN} with the password {ODOO_PASSWORD}
The shop:  {running.shop.url}
  it has no pages, only its API: log in with {EMAIL} and {PASSWORD}
  secret key: {running.ground.secret_key}
  publishable key: {running.ground.publishable_key}
Ctrl-C stops everything.""",
        soft_wrap=True,
    )
    try:
        while True:
            running.shop.require_alive()
            time.sleep(1)
    except Stopped:
        return


if __name__ == "__main__":
    with signals_stop():
        try:
            sys.exit(main(sys.argv[1:]))
        except SetupError as error:
            print(f"setup: {error}", file=sys.stderr, flush=True)
            sys.exit(error.exit_code)
        except Stopped as stopped:
            sys.exit(stopped.exit_code)
