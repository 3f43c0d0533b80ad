from __future__ import annotations

from typing import TYPE_CHECKING

from .figure import Figure

if TYPE_CHECKING:
    from .lab import Lab

FORMAT = "{:<46} {:>13} {:<12} {:>18}  {}"


def print_head(lab: Lab) -> None:
    """Print RAW, and the heads of the columns."""
    print(f"RAW = {lab.raw:,.0f} updates of one row with a commit each, per second")
    print()
    print(FORMAT.format("measure", "figure", "unit", "ratio", "to hold"))
    print(FORMAT.format("-" * 46, "-" * 13, "-" * 12, "-" * 18, "-" * 22))


def print_figure(figure: Figure) -> None:
    """Print a line for a figure."""
    ratio = hold = ""
    if figure.ratio is not None:
        ratio = f"{_short(figure.ratio)} x {figure.against}"
    if figure.hold is not None:
        limit = "at most" if figure.at_most else "at least"
        verdict = "holds" if figure.holds else "MISSED"
        hold = f"{limit} {_short(figure.hold)}: {verdict}"
    value = f"{figure.value:,.0f}" if figure.value >= 100 else f"{figure.value:,.3f}"
    line = FORMAT.format(figure.measure, value, figure.unit, ratio, hold)
    print(line.rstrip(), flush=True)


def _short(ratio: float) -> str:
    return f"{ratio:,.1f}" if ratio >= 10 else f"{ratio:.3f}"
