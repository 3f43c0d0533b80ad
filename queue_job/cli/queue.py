from __future__ import annotations

# Odoo loads commands outside of their addon: they must import by full name.
# pylint: disable=odoo-addons-relative-import
import argparse
import json
import sys
import time
from typing import Any

from odoo import SUPERUSER_ID, api
from odoo.cli import Command
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config


class Queue(Command):
    """Inspect the job queue: ``explain`` why a job waits, show the ``status``;
    ``resume`` the jobs of a database copy, or ``hold`` them again"""

    name = "queue"

    def run(self, args: list[str]) -> Any:
        parser = argparse.ArgumentParser(prog=self.prog, description=self.__doc__)
        actions = parser.add_subparsers(dest="action", required=True)
        explain = actions.add_parser("explain", help="explain why a job is not running")
        explain.add_argument("uuid", help="UUID of the job")
        status = actions.add_parser("status", help="show channels, workers, rates")
        status.add_argument("--json", action="store_true", help="print JSON")
        status.add_argument(
            "--watch", action="store_true", help="refresh every 2 seconds, until Ctrl-C"
        )
        resume = actions.add_parser("resume", help="run the jobs of a database copy")
        resume.add_argument(
            "--moved",
            action="store_true",
            help="not a copy: the database was renamed, moved or restored",
        )
        hold = actions.add_parser("hold", help="hold the jobs of a database copy again")
        # accepted before and after the action; an absent one must not reset the other
        unset = argparse.SUPPRESS
        for words in (parser, explain, status, resume, hold):
            default = None if words is parser else unset
            words.add_argument("-d", "--database", default=default)
            words.add_argument(
                "-c",
                "--config",
                default=default,
                help="configuration file of the server; if it sets addons_path, pass "
                "it in ODOO_RC, as Odoo looks for this command first",
            )
        options = parser.parse_args(args)
        if not options.database:
            parser.error("specify the database with -d DATABASE")
        odoo_args = ["--no-http", "--log-level=warn", f"--database={options.database}"]
        if options.config:
            odoo_args.append(f"--config={options.config}")
        config.parse_config(odoo_args, setup_logging=True)
        registry = Registry(options.database)
        if "queue.job" not in registry:
            sys.exit(f"queue_job is not installed in {options.database}")
        if options.action == "explain":
            sys.exit(self._explain(registry, options.uuid))
        if options.action in ("resume", "hold"):
            sys.exit(self._decide_on_copy(registry, options))
        self._status(registry, options)

    def _explain(self, registry, uuid) -> int:
        from odoo.addons.queue_job.engine.diagnostics.explain import Explainer

        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            reasons = Explainer(env).explain(uuid)
        if not reasons:
            sys.stderr.write(f"Job {uuid} does not exist\n")
            return 1
        sys.stdout.write("\n".join(reasons) + "\n")
        return 0

    def _decide_on_copy(self, registry, options) -> int:
        with registry.cursor() as cr:
            jobs = api.Environment(cr, SUPERUSER_ID, {})["queue.job"]
            try:
                if options.action == "hold":
                    jobs.hold_jobs_in_copy()
                elif options.moved:
                    jobs.adopt_moved_database()
                else:
                    jobs.run_jobs_in_copy()
            except UserError as error:
                sys.stderr.write(f"{error}\n")
                return 1
            message = jobs.copy_status()["message"] or "This database is not a copy"
        sys.stdout.write(f"{message}\n")
        return 0

    def _status(self, registry, options) -> None:
        from odoo.addons.queue_job.engine.diagnostics.status import status

        while True:
            with registry.cursor() as cr:
                found = status(api.Environment(cr, SUPERUSER_ID, {}))
            if options.json:
                sys.stdout.write(json.dumps(found, indent=2) + "\n")
            else:
                sys.stdout.write(_text_of(found))
            sys.stdout.flush()
            if not options.watch:
                return
            try:
                time.sleep(2)
            except KeyboardInterrupt:
                return


def _text_of(found: dict) -> str:
    """Return the status as text."""
    lines = [f"Database {found['database']}", ""]
    if found["copy"]:
        lines += [found["copy"]["message"], ""]
    layout = "{:<32} {:>8} {:>6} {:>8} {:>8} {:>8} {:>8} {:>9}  {}"
    titles = (
        "channel",
        "capacity",
        "in use",
        "pending",
        "running",
        "waiting",
        "failed",
    )
    lines.append(layout.format(*titles, "done/min", ""))
    for name, channel in found["channels"].items():
        states = channel["states"]
        capacity = channel["capacity"]
        lines.append(
            layout.format(
                name,
                "-" if capacity is None else capacity,
                channel["in_use"],
                states.get("pending", 0),
                states.get("started", 0) + states.get("enqueued", 0),
                states.get("wait_dependencies", 0),
                states.get("failed", 0),
                channel["done_last_minute"],
                channel["block_reason"]
                or ("" if channel["exists"] else "unknown channel"),
            ).rstrip()
        )
    lines += ["", f"{len(found['workers'])} workers"]
    for worker in found["workers"]:
        doing = worker["job"] or ("idle" if worker["idle"] else "")
        lines.append(
            f"  {worker['host']} {worker['kind']} {worker['pid']}.{worker['slot']}  "
            f"heartbeat {worker['heartbeat_age']} s ago  {doing}".rstrip()
        )
    if oldest := found["oldest_waiting"]:
        lines += ["", f"oldest waiting: {oldest['uuid']}, {oldest['age']} s"]
    return "\n".join(lines) + "\n"
