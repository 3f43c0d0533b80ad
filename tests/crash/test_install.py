"""Addons are installed while a server runs jobs."""

from __future__ import annotations

import subprocess

import pytest

from .cluster import forget_original
from .workload import Workload

INSTALL = """
module = env["ir.module.module"].search([("name", "=", "test_queue_job")])
module.button_immediate_install()
"""


@pytest.fixture
def copy(cluster, database):
    """A separate database, as what is installed in it stays."""
    cluster.copy_database(database, "crash_install")
    forget_original(cluster, "crash_install")
    yield "crash_install"
    cluster.execute("postgres", "DROP DATABASE crash_install WITH (FORCE)")


def test_jobs_stored_while_an_addon_is_installed_run_when_it_is_there(
    cluster, copy, odoo, start_job_server
):
    work = Workload(cluster, copy)
    start_job_server(2, databases=copy)
    work.add(args=(0, 0))
    work.wait(60)
    # like the button of the app: the state "to install" is committed first
    installing = subprocess.Popen(
        [*odoo.program("shell"), f"--database={copy}", "--no-http"],
        env={**odoo.environment(), "PGHOST": cluster.host, "PGUSER": "odoo"},
        stdin=subprocess.PIPE,
        text=True,
    )
    installing.stdin.write(INSTALL)
    installing.stdin.close()
    marked = "SELECT 1 FROM ir_module_module WHERE state = 'to install'"
    work.wait(60, lambda: bool(work.query(marked)))
    # of the addon being installed, and of an installed one
    of_new = work.add("testing_method", model="test.queue.job")
    work.add(args=(2, 0))
    assert installing.wait(120) == 0
    work.wait(30)
    [(result, tries)] = work.query(
        "SELECT result, retry FROM queue_job WHERE uuid = %s", [of_new]
    )
    assert (result, tries) == ("((), {})", 1)
    numbers = [number for (number,) in work.query("SELECT number FROM test_crash_row")]
    assert sorted(numbers) == [0, 2]
