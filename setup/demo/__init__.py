"""The demo: a whole coffee sync on real Odoo, driven from outside."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence

from rich.console import Console

from ..errors import SetupError, Stopped
from ..odoo_run import Runner
from . import checks, options, report, scenario, stack
from .client import LOGIN, PASSWORD
from .follow import Follower


def run(runner: Runner, arguments: Sequence[str], *, stay: bool) -> int:
    """Run the demo; with `stay` keep everything running until Ctrl-C.

    Return 0 only if all of it is true in the database and in the machine.
    """
    chosen = options.parse(arguments, stay=stay)
    console = Console(highlight=False)
    begun = time.monotonic()
    with stack.running(runner, chosen) as running:
        follower = Follower(running, console, chosen.patience)
        steps = scenario.Scenario(running, follower, chosen)
        good = _show(running, steps, console)
        console.print(f"The demo took {time.monotonic() - begun:.0f} s.")
        if stay:
            _stay(running, steps, console)
    if not good:
        raise SetupError(f"the demo failed; Odoo's log: {running.odoo.log}")
    return 0


def _show(running: stack.Stack, steps: scenario.Scenario, console: Console) -> bool:
    badges_before = len(running.machine.data()["badges"])
    console.print("==> Configuring the backend")
    steps.configure()
    console.print(f"    connection test: {steps.test_connection()}", soft_wrap=True)
    console.print("==> Synchronising, all by jobs")
    figures = steps.synchronise()
    seconds = steps.change_a_contact()
    console.print(f"    a contact renamed in Odoo, on its badge after {seconds:.1f} s")
    wrong = checks.differences(
        running.client,
        steps.backend_id,
        steps.contact_ids,
        running.machine.data(),
        badges_before,
    )
    return report.tell(console, figures, wrong)


def _stay(running: stack.Stack, steps: scenario.Scenario, console: Console) -> None:
    odoo = f"{running.client.url}/odoo"
    contact = f"base.action_partner_form/{steps.contact_ids[-1]}"
    console.print(
        f"""
Odoo is yours:  [bold]{odoo}[/]
  log in as {LOGIN} with the password {PASSWORD}; the database is \
{running.client.database}
Look first at:
  the backend, its buttons, and what each synchronisation did
    {odoo}/action-connector_coffee.action_coffee_backend/{steps.backend_id}
  the jobs: what each one did, and how long it took
    Job Queue > Queue > Jobs
  a contact with a badge: rename it, and the machine has the new name soon
    {odoo}/action-{contact}
    {running.machine.url}/admin/data
Ctrl-C stops everything.""",
        soft_wrap=True,
    )
    try:
        while True:
            running.odoo.require_alive()
            time.sleep(1)
    except Stopped as stopped:
        if stopped.exit_code != 128 + signal.SIGINT:
            raise
