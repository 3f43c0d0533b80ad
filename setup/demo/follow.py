"""Waits for a synchronization, and shows its progress and what holds it up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ..errors import SetupError
from ..processes import raise_if_stopped
from .stack import Stack

POLL = 0.4  # seconds
COUNTERS = ("seen", "created", "updated", "unchanged", "skipped", "failed")


@dataclass
class Figures:
    """What came of one direction."""

    title: str
    state: str = ""
    message: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    jobs: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        """Return whether all of it was done and nothing failed."""
        return (
            self.state == "done"
            and not self.counts["failed"]
            and set(self.jobs) == {"done"}
        )


class Follower:
    """Follows the synchronizations of one stack on one console."""

    def __init__(self, stack: Stack, console: Console, patience: float) -> None:
        self.stack = stack
        self.console = console
        self.patience = patience
        self._trouble = ""

    def follow(self, title: str, run_id: int, expected: int) -> Figures:
        """Return the figures of the synchronization `run_id` when it has ended.

        :raises SetupError: nothing moved for longer than the patience
        """
        figures = Figures(title)
        begun = moved = time.monotonic()
        last = None
        with self._progress() as progress:
            task = progress.add_task(title, total=expected or None)
            while True:
                self._look(figures, run_id)
                handled = sum(figures.counts[name] for name in COUNTERS[1:])
                progress.update(task, completed=handled)
                if figures.state in ("done", "failed"):
                    break
                self._print_problems(run_id)
                now = time.monotonic()
                if (state := (figures.counts, figures.jobs)) != last:
                    last, moved = state, now
                elif now - moved > self.patience:
                    raise SetupError(
                        f"{title}: nothing moved for {self.patience:.0f} s: "
                        f"see {self.stack.odoo.log}"
                    )
                time.sleep(POLL)
        figures.seconds = time.monotonic() - begun
        self.print_problem("")
        return figures

    def _progress(self) -> Progress:
        return Progress(
            TextColumn("    {task.description:24}"),
            BarColumn(),
            TextColumn("{task.completed:>5.0f} of {task.total:.0f}"),
            TimeElapsedColumn(),
            console=self.console,
        )

    def _look(self, figures: Figures, run_id: int) -> None:
        self.stack.odoo.require_alive()
        call = self.stack.client.call
        names = ["state", "message", *COUNTERS]
        (run,) = call("connector.sync.run", "read", [run_id], names)
        figures.state = run["state"]
        figures.message = run["message"] or ""
        figures.counts = {name: run[name] for name in COUNTERS}
        groups = call(
            "queue.job",
            "formatted_read_group",
            [("sync_run_id", "=", run_id)],
            ["state"],
            ["__count"],
        )
        figures.jobs = {group["state"]: group["__count"] for group in groups}

    def _print_problems(self, run_id: int) -> None:
        machine = self.stack.machine
        if machine.responds():
            self.print_problem("")
            return
        waiting = self.stack.client.call(
            "queue.job",
            "search_count",
            [("sync_run_id", "=", run_id), ("state", "not in", ["done", "failed"])],
        )
        self.print_problem(
            f"The coffee machine on {machine.url} does not answer. {waiting} jobs wait "
            "and will be tried again; nothing is lost. The demo goes on when the "
            f"machine is back: {machine.how_to_start()}"
        )

    def print_problem(self, trouble: str) -> None:
        """Print what is wrong when that has changed."""
        if bool(trouble) == bool(self._trouble):
            return
        if trouble:
            self.console.print(f"[bold red]![/] {trouble}", soft_wrap=True)
        else:
            self.console.print("[bold green]+[/] The coffee machine is back: going on.")
        self._trouble = trouble


def wait_for(is_true: Callable[[], Any], what: str, patience: float) -> float:
    """Wait until `is_true`; return the seconds it took.

    :raises SetupError: not within `patience`
    """
    begun = time.monotonic()
    while time.monotonic() - begun < patience:
        raise_if_stopped()
        try:
            if is_true():
                return time.monotonic() - begun
        except requests.RequestException:
            pass
        time.sleep(POLL)
    raise SetupError(f"{what} did not happen within {patience:.0f} s")
