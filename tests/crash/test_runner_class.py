"""Workers run jobs through the controller classes of other addons."""

from __future__ import annotations

import re
import shutil
from collections import Counter

import pytest

from setup import databases

from .conftest import make_database
from .workload import Workload

_CALL = re.compile(r"(derived|other|patched) (_\w+) database=(\w+)")


@pytest.fixture
def extended(cluster, odoo):
    """A database with an addon that extends ``RunJobController``."""
    name = make_database(cluster, odoo, "test_queue_job_runner")
    yield name
    shutil.rmtree(databases.filestore(name), ignore_errors=True)


def test_jobs_run_through_the_classes_of_the_addons_of_their_database(
    cluster, database, extended, work, start_job_server
):
    in_extended = Workload(cluster, extended)
    for number in range(5):
        work.add(args=(number,))
        in_extended.add(args=(number,))
    # one process serves both, so the classes are loaded for both
    server = start_job_server(1, databases=f"{extended},{database}")
    in_extended.wait(60)
    work.wait(60)
    work.assert_each_row_once()
    in_extended.assert_each_row_once()

    calls = Counter(_CALL.findall(server.log.read_text(errors="replace")))
    assert calls == {
        ("derived", "_acquire_job", extended): 5,
        ("derived", "_runjob", extended): 5,
        ("derived", "_try_perform_job", extended): 5,
        ("derived", "_enqueue_dependent_jobs", extended): 5,
        ("other", "_runjob", extended): 5,
        ("patched", "_runjob", extended): 5,
        # a patch applies to the process, whatever is installed in a database
        ("patched", "_runjob", database): 5,
    }
