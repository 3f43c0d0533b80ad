"""Which tests to run, both runners side by side."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence

from .. import addons, browser, postgres
from ..errors import SetupError
from ..odoo_run import Runner
from ..processes import Processes, signals_ignored
from ..steps import say
from . import odoo_tests, python_tests
from .result import conclude


def run(runner: Runner, arguments: Sequence[str]) -> int:
    """Run the tests that the command line `arguments` name; return the exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m setup test")
    parser.add_argument("addons", nargs="*", help="only these, also comma separated")
    parser.add_argument(
        "--only", choices=["odoo", "pytest"], help="leave out the other runner"
    )
    parser.add_argument(
        "--tags",
        metavar="TAGS",
        help="only Odoo's tests with these tags, such as /queue_job:TestClaim or "
        "/queue_job:TestClaim.test_name",
    )
    parser.add_argument(
        "--pytest", nargs=argparse.REMAINDER, default=[], help="what pytest shall get"
    )
    options = parser.parse_args(arguments)
    names = [name for part in options.addons for name in part.split(",") if name]
    names = names or odoo_tests.addons_of_tags(options.tags)
    begun = time.monotonic()
    with postgres.running(), Processes() as servers:
        results = []
        odoo = None
        try:
            if options.only != "pytest":
                if reason := browser.ensure():
                    say(f"    browser tests will be skipped: {reason}")
                odoo = odoo_tests.OdooTests(runner, selected(names), options.tags)
                odoo.start(servers)
            if options.only != "odoo" and not names and not options.tags:
                # beside Odoo's tests: those use one core, these mostly wait
                results.append(python_tests.run(servers, options.pytest))
            if odoo:
                results.append(odoo.result())
        finally:
            with signals_ignored():
                servers.stop_all()
                if odoo:
                    odoo.drop_database()
    strict = os.environ.get("CI", "").lower() in ("1", "true", "yes")
    return conclude(results, time.monotonic() - begun, strict=strict)


def selected(names: Sequence[str]) -> list[str]:
    """Return the addons to test: those named with their test addons, or the suite's.

    :raises SetupError: there is no addon of that name
    """
    known = addons.own()
    if not names:
        return sorted(addons.of_suite())
    if unknown := [name for name in names if name not in known]:
        raise SetupError(
            f"no addon {', '.join(unknown)}: there are {', '.join(sorted(known))}; "
            "name the folder of another addon in ADDONS_PATH"
        )
    beside = [f"test_{name}" for name in names]
    return list(dict.fromkeys([*names, *(name for name in beside if name in known)]))
