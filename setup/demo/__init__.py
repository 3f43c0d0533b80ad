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
        scenario.let_jobs_run(running)
        shown = []
        for one in running.each():
            follower = Follower(one, console, chosen.patience)
            shown.append(scenario.Scenario(one, follower, chosen))
        results = [_show(steps, console) for steps in shown]
        console.print(f"The demo took {time.monotonic() - begun:.0f} s.")
        if stay:
            _stay(shown, console)
    if not all(results):
        raise SetupError(f"the demo failed; Odoo's log: {running.odoo.log}")
    return 0


def _show(steps: scenario.Scenario, console: Console) -> bool:
    running = steps.stack
    badges_before = len(running.machine.data()["badges"])
    firmware = running.machine.firmware
    console.print(f"==> Configuring the machine with firmware {firmware}")
    steps.configure()
    console.print(f"    connection test: {steps.test_connection()}", soft_wrap=True)
    console.print("==> Synchronizing, all by jobs")
    figures = steps.synchronize()
    seconds = steps.change_a_contact()
    console.print(f"    a contact renamed in Odoo, on its badge after {seconds:.1f} s")
    wrong = checks.differences(
        running.client,
        steps.backend_id,
        steps.contact_ids,
        running.machine.data(),
        badges_before,
    )
    return report.show(console, figures, wrong)


def _stay(shown: Sequence[scenario.Scenario], console: Console) -> None:
    running, last = shown[0].stack, shown[-1]
    odoo = f"{running.client.url}/odoo"
    action = f"{odoo}/action-connector_coffee.action_coffee"
    backends = "\n".join(f"    {action}_backend/{one.backend_id}" for one in shown)
    contact = f"base.action_partner_form/{last.contact_ids[-1]}"
    console.print(
        f"""
Odoo is yours:  [bold]{odoo}[/]
  log in as {LOGIN} with the password {PASSWORD}; the database is \
{running.client.database}
Look first at:
  the coffees of each day, and who drank them
    {action}_brew
  the machines, their buttons, and what each synchronization did
{backends}
  the jobs: what each one did, and how long it took
    Job Queue > Queue > Jobs
  a contact with a badge: rename it, and the machine has the new name soon
    {odoo}/action-{contact}
    {last.stack.machine.url}/admin/data
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
