"""The commands give the same answers as the forms."""

from __future__ import annotations

import configparser
import json
import os
import signal
import subprocess

import pytest


@pytest.fixture
def queue_command(cluster, database, odoo):
    """Start ``odoo queue ARGUMENTS``."""

    def start(*arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            [*odoo.program("queue"), *arguments, "-d", database],
            env={
                **odoo.environment(),
                "PGHOST": cluster.host,
                "PGUSER": "odoo",
                "ODOO_RC": str(odoo.configuration()),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


@pytest.fixture
def call(cluster, odoo):
    """Run ``odoo WORDS``; return its exit code and output."""

    def run(*words: str, **variables: str) -> tuple[int, str]:
        done = subprocess.run(
            [*odoo.launcher(), *words],
            env={
                **odoo.environment(),
                "PGHOST": cluster.host,
                "PGUSER": "odoo",
                **variables,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout

    return run


def test_the_configuration_file_is_named_where_odoo_reads_it_in_time(
    call, database, odoo
):
    """It sets the addons path, where the commands are found."""
    file = str(odoo.configuration())
    known = ("queue", "status", "-d", database)
    for code, output in (
        call(*known, ODOO_RC=file),
        call(f"--addons-path={_addons_path(odoo)}", *known, "-c", file),
    ):
        assert code == 0, output
        assert f"Database {database}" in output
    code, output = call(*known, "-c", file)
    assert code == 1
    assert "Unknown command 'queue'" in output, (
        "if it is found now, the docs can say so"
    )


@pytest.mark.parametrize("form", ["ODOO_RC", "addons_path"])
def test_a_server_starts_as_documented(work, database, odoo, start_program, form):
    options = ["queue_worker", f"--database={database}", "--job-workers=1"]
    if form == "ODOO_RC":
        start_program(*options, ODOO_RC=str(odoo.configuration()))
    else:
        start_program(
            f"--addons-path={_addons_path(odoo)}",
            *options,
            "-c",
            str(odoo.configuration()),
        )
    work.add(args=(0, 0))
    work.wait(60)
    work.assert_each_row_once()


def _addons_path(odoo) -> str:
    parser = configparser.RawConfigParser()
    parser.read(odoo.configuration())
    return parser["options"]["addons_path"]


@pytest.fixture
def start_program(cluster, odoo, servers, tmp_path):
    """Start ``odoo WORDS``, stopped after the test."""

    def start(*words: str, **variables: str) -> None:
        servers.start(
            "Odoo",
            [*odoo.launcher(), *words],
            tmp_path / "odoo.log",
            env={
                **odoo.environment(),
                "PGHOST": cluster.host,
                "PGUSER": "odoo",
                **variables,
            },
        )

    return start


def test_a_shell_explains_why_a_job_waits(work, queue_command):
    work.query("DELETE FROM queue_job_worker")
    uuid = work.add(args=(0, 0))
    waiting, unknown = (
        queue_command("explain", uuid),
        queue_command("explain", "none-such"),
    )
    output, _errors = waiting.communicate(timeout=60)
    assert "No worker is alive" in output
    assert waiting.returncode == 0
    _output, errors = unknown.communicate(timeout=60)
    assert "Job none-such does not exist" in errors
    assert unknown.returncode == 1


def test_the_command_prints_the_status_as_text_and_json(work, queue_command):
    uuid = work.add(args=(0, 0), channel="root.shop")
    people, programs = queue_command("status"), queue_command("status", "--json")
    output, _errors = people.communicate(timeout=60)
    assert "root.shop" in output
    assert f"oldest waiting: {uuid}" in output
    output, _errors = programs.communicate(timeout=60)
    status = json.loads(output)
    assert status["channels"]["root.shop"]["states"] == {"pending": 1}
    assert status["oldest_waiting"]["uuid"] == uuid


def test_a_watched_status_is_refreshed_until_it_is_stopped(work, queue_command):
    watching = queue_command("status", "--watch", "--json")
    decoder = json.JSONDecoder()
    text, found = "", []
    while len(found) < 2:
        line = watching.stdout.readline()
        assert line, watching.stderr.read()
        text += line
        if line == "}\n":
            found.append(decoder.decode(text))
            text = ""
            work.add(args=(0, 0))
    os.kill(watching.pid, signal.SIGINT)
    watching.communicate(timeout=30)
    assert watching.returncode == 0
    assert found[0]["oldest_waiting"] is None
    assert found[1]["oldest_waiting"]
