"""The table at the end of the demo."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from .follow import COUNTERS, Figures

ALWAYS = ("seen", "created", "updated", "failed")
TITLES = {"seen": "asked"}


def table(figures: Sequence[Figures]) -> Table:
    """Return the summary of all directions; counters that are all 0 are left out."""
    counters = [
        name
        for name in COUNTERS
        if name in ALWAYS or any(one.counts[name] for one in figures)
    ]
    result = Table(box=SIMPLE_HEAD, padding=0, pad_edge=False)
    result.add_column("What the sync did", no_wrap=True)
    for name in counters:
        result.add_column(TITLES.get(name, name), justify="right", no_wrap=True)
    for name in ("jobs\ndone", "jobs\nfailed", "seconds"):
        result.add_column(name, justify="right", no_wrap=True)
    for one in figures:
        result.add_row(
            one.title,
            *(str(one.counts[name]) for name in counters),
            str(one.jobs.get("done", 0)),
            str(one.jobs.get("failed", 0)),
            f"{one.seconds:.1f}",
            style="" if one.is_good else "red",
        )
    return result


def show(console: Console, figures: Sequence[Figures], wrong: Sequence[str]) -> bool:
    """Print the table and what is wrong; tell whether all is well."""
    console.print()
    console.print(table(figures))
    for one in figures:
        if not one.is_good:
            console.print(f"[red]{one.title}: {one.message or one.state}[/]")
    for line in wrong:
        console.print(f"[red]{line}[/]")
    good = not wrong and all(one.is_good for one in figures)
    if good:
        console.print(
            "[green]Odoo's database and the coffee machine hold the same: every "
            "record once, nothing missing.[/]"
        )
    return good
