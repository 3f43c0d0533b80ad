"""``make test`` reports what ran, what failed and what was left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

WARNING = """
    def test_with_a_warning(self):
        logging.getLogger("odoo.addons.zz_try").warning("the beans are old")
"""


def test_one_addon_from_anywhere_is_tested_on_real_odoo(
    foreign_addon: Path, postgresql: dict[str, str], setup_command: Callable
) -> None:
    done = setup_command("test", "zz_try", CI="")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert "    zz_try: 2 tests" in lines
    assert "SKIPPED TestTry.test_skipped: the grinder is missing" in lines
    assert lines[-1] == "tests: 1 passed, 0 failed, 1 skipped"


def test_one_test_runs_by_its_name(
    foreign_addon: Path, postgresql: dict[str, str], setup_command: Callable
) -> None:
    tag = "/zz_try:TestTry.test_good"
    done = setup_command("test", "--tags", tag, CI="true")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert "    zz_try: 1 tests" in lines
    assert lines[-1] == "tests: 1 passed, 0 failed"


def test_in_ci_a_warning_in_the_log_and_a_skipped_test_fail_the_run(
    foreign_addon: Path, postgresql: dict[str, str], setup_command: Callable
) -> None:
    with (foreign_addon / "tests" / "test_try.py").open("a") as tests:
        tests.write(WARNING)
    done = setup_command("test", "zz_try", CI="true")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert (
        "FAILED unexpected in the log: WARNING odoo.addons.zz_try: the beans are old"
    ) in lines
    # the warning, and the skipped one
    assert lines[-1] == "tests: 2 passed, 2 failed"


def test_an_unknown_addon_names_those_there_are(
    postgresql: dict[str, str], setup_command: Callable
) -> None:
    done = setup_command("test", "conector")
    assert done.returncode == 1
    assert "no addon conector: there are " in done.stderr
    assert "ADDONS_PATH" in done.stderr
    assert "Traceback" not in done.stderr
