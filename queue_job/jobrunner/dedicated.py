"""A server that only runs jobs: no HTTP, no scheduled actions."""

import argparse
import os
import sys

from odoo.cli import server as odoo_server
from odoo.tools import config

from ..engine.config import connect_timeout

_OWN_OPTIONS = (
    (("--job-workers", "--workers"), "workers", "number of jobs to run at once"),
    (("--channels",), "channels", "channel string, such as root:4,root.sale:2"),
)


def main(args: list[str], prog: str | None = None) -> None:
    """Run job workers until the process is asked to stop.

    Processes are supervised by Odoo's forking server: replaced when they die, ended
    between two jobs when they exceed the memory limit, stopped gracefully.
    """
    parser = argparse.ArgumentParser(
        prog=prog,
        allow_abbrev=False,
        description="Run a server that only runs jobs. All options of the server are "
        "accepted, such as -d DATABASE. Set the configuration file in ODOO_RC: Odoo "
        "looks for this command before it reads -c CONFIG, which works only if the "
        "addons are installed as Python packages or found by --addons-path.",
    )
    for flags, name, text in _OWN_OPTIONS:
        parser.add_argument(*flags, dest=name, help=text)
    own, odoo_args = parser.parse_known_args(args)
    for _flags, name, _text in _OWN_OPTIONS:
        if value := getattr(own, name):
            os.environ[f"ODOO_QUEUE_JOB_{name.upper()}"] = value
    forced = ["--no-http", "--max-cron-threads=0", "--workers=1"]
    sys.argv[1:] = [*odoo_args, *forced]
    config.parse_config(sys.argv[1:], setup_logging=False)
    # also for this process, which loads the databases before it forks
    os.environ.setdefault("PGCONNECT_TIMEOUT", str(connect_timeout()))
    wide = config["server_wide_modules"]
    if "queue_job" not in wide:
        forced.append(f"--load={','.join([*wide, 'queue_job'])}")
    odoo_server.main([*odoo_args, *forced])
