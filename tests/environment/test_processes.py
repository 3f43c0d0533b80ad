"""What a run started is stopped when it ends, whatever ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from setup import paths
from setup.errors import SetupError, Stopped
from setup.processes import (
    Processes,
    raise_if_stopped,
    signals_stop,
    stop_group,
)

# A run with two servers. The first has a child of its own and ends on SIGTERM, the
# second is deaf to it. Both say when they are ready, then the run says so.
RUN = """
    import os, signal, sys, time
    from pathlib import Path
    from setup import processes
    processes.GRACE = 1
    folder = Path(sys.argv[1])
    polite = "sleep 1000 & echo $! > child; echo $$ > new; mv new polite; wait"
    deaf = "trap '' TERM; echo $$ > new; mv new deaf; while :; do sleep 1; done"
    try:
        with processes.signals_stop(), processes.Processes() as servers:
            for name, script in (("polite", polite), ("deaf", deaf)):
                server = servers.start(
                    name, ["sh", "-c", script], folder / f"{name}.log", cwd=folder
                )
                server.wait_until((folder / name).exists, 30, "starting")
            print("ready", flush=True)
            if sys.argv[2] == "error":
                raise ValueError("broken")
            if sys.argv[2] == "wait":
                time.sleep(1000)
    except processes.Stopped as stopped:
        sys.exit(stopped.exit_code)
"""


@pytest.fixture
def start_run(tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start(how: str) -> subprocess.Popen[str]:
        run = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(RUN), str(tmp_path), how],
            cwd=paths.CHECKOUT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        started.append(run)
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
        return run

    yield start
    for run in started:
        run.kill()
        run.communicate()


def servers_of(folder: Path, names: tuple[str, ...]) -> list[psutil.Process]:
    """The processes whose ids are in the files `names`, while they still run."""
    found = []
    for name in names:
        pid = int((folder / name).read_text())
        if psutil.pid_exists(pid):
            found.append(psutil.Process(pid))
    return found


ALL = ("polite", "child", "deaf")


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
def test_a_signal_stops_every_server(
    start_run: Callable, tmp_path: Path, number: int, code: int
) -> None:
    run = start_run("wait")
    running = servers_of(tmp_path, ALL)
    assert len(running) == 3
    run.send_signal(number)
    assert run.wait(60) == code
    assert not psutil.wait_procs(running, timeout=30)[1]


def test_an_impatient_second_ctrl_c_leaves_nothing_behind(
    start_run: Callable, tmp_path: Path
) -> None:
    run = start_run("wait")
    running = servers_of(tmp_path, ALL)
    polite = running[0]
    run.send_signal(signal.SIGINT)
    # the deaf server is stopped first and takes its time
    run.send_signal(signal.SIGINT)
    assert run.wait(60) == 130
    assert not psutil.wait_procs([polite, *running], timeout=30)[1]


@pytest.mark.parametrize(("how", "code"), [("error", 1), ("end", 0)])
def test_an_error_or_the_end_stops_every_server(
    start_run: Callable, tmp_path: Path, how: str, code: int
) -> None:
    run = start_run(how)
    assert run.wait(60) == code
    assert not psutil.wait_procs(servers_of(tmp_path, ALL), timeout=30)[1]


@pytest.mark.skipif(sys.platform != "linux", reason="a service of Linux")
def test_a_run_that_is_killed_takes_its_servers_along(
    start_run: Callable, tmp_path: Path
) -> None:
    run = start_run("wait")
    polite = servers_of(tmp_path, ("polite",))
    deaf = servers_of(tmp_path, ("deaf", "child"))
    run.kill()
    gone, alive = psutil.wait_procs(polite, timeout=30)
    assert gone
    assert not alive
    for process in deaf:  # nobody is left to use force
        process.kill()


def test_a_server_that_ends_by_itself_is_said_with_its_log(tmp_path: Path) -> None:
    with Processes() as servers:
        script = "echo; echo 'no such option'; exit 7"
        server = servers.start("Odoo", ["sh", "-c", script], tmp_path / "odoo.log")
        with pytest.raises(SetupError) as failure:
            server.wait_until(lambda: False, 60, "starting")
    assert str(failure.value) == (
        f"Odoo ended by itself (code 7): see {tmp_path}/odoo.log; "
        "it ends: no such option"
    )


def test_a_group_is_stopped_after_its_leader_has_gone(tmp_path: Path) -> None:
    leader = subprocess.Popen(
        ["sh", "-c", "sleep 1000 & echo $! > child"],
        cwd=tmp_path,
        start_new_session=True,
    )
    leader.wait()
    child = servers_of(tmp_path, ("child",))
    stop_group(leader)
    assert not psutil.wait_procs(child, timeout=30)[1]
    assert os.getpgrp() != leader.pid


def test_a_stop_that_was_lost_on_its_way_is_not_forgotten(tmp_path: Path) -> None:
    with signals_stop(), Processes() as servers:
        server = servers.start("Odoo", ["sleep", "1000"], tmp_path / "odoo.log")
        # as in a destructor, where an exception goes no further
        with suppress(Stopped):
            os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Stopped):
            server.wait_until(lambda: False, 60, "starting")
    raise_if_stopped()
