from __future__ import annotations

import os
import random
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from setup import databases, odoo_run, paths, ports, processes

from .cluster import Cluster, Wire, environment_of
from .job_server import HEARTBEAT_TIMEOUT, JobServer
from .workload import Workload

ADDON = "test_queue_job_crash"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server only for these tests."""
    # a short path: sockets are created in it
    folder = Path(tempfile.mkdtemp(prefix="crash-"))
    folder.chmod(0o755)
    running = Cluster(folder / "data")
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


def make_database(cluster: Cluster, odoo: odoo_run.Runner, addon: str) -> str:
    """Return the name of a new database with ``addon`` installed."""
    name = f"crash_{uuid.uuid4().hex[:8]}"
    with pytest.MonkeyPatch.context() as patched:
        for key in ("PGPORT", "PGPASSWORD", "PGDATABASE"):
            patched.delenv(key, raising=False)
        patched.setenv("PGHOST", cluster.host)
        patched.setenv("PGUSER", "odoo")
        databases.create(name, odoo, [addon])
        subprocess.run(
            odoo.command(name, init=[addon], stop=True, log_level="warn"),
            env={**odoo.environment(), "PGHOST": cluster.host, "PGUSER": "odoo"},
            check=True,
        )
    # so that what was written until here is not recovered after each crash
    cluster.execute("postgres", "CHECKPOINT")
    return name


@pytest.fixture(scope="session")
def database(cluster: Cluster, odoo: odoo_run.Runner) -> Iterator[str]:
    """A database with the jobs of these tests installed."""
    name = make_database(cluster, odoo, ADDON)
    yield name
    shutil.rmtree(databases.filestore(name), ignore_errors=True)


@pytest.fixture
def chance() -> random.Random:
    seed = int(os.environ.get("CRASH_SEED") or random.SystemRandom().randrange(10**6))
    print(f"CRASH_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def work(cluster: Cluster, database: str) -> Workload:
    return Workload(cluster, database)


@pytest.fixture
def start_job_server(
    cluster: Cluster, database: str, odoo: odoo_run.Runner, request
) -> Iterator[Callable[..., JobServer]]:
    """Start dedicated servers, all stopped at the end."""
    servers: list[JobServer] = []
    log = paths.logs() / f"crash-{request.node.name}.log"
    log.unlink(missing_ok=True)

    def start(
        workers=4,
        channels="root:4",
        wire: Wire | None = None,
        databases: str | None = database,
        timeout=HEARTBEAT_TIMEOUT,
        options=(),
        grace: float | None = None,
        environment: Mapping[str, str] | None = None,
        python_path: Path | None = None,
    ) -> JobServer:
        command = [
            *odoo.program("queue_worker"),
            *([f"--database={databases}"] if databases else []),
            f"--job-workers={workers}",
            f"--channels={channels}",
            *options,
        ]
        variables = {
            **odoo.environment(),
            **_libpq(environment_of(cluster, wire)),
            # Odoo looks for the commands of addons before it reads its options
            "ODOO_RC": str(odoo.configuration()),
            **({"ODOO_QUEUE_JOB_STOP_GRACE": str(grace)} if grace is not None else {}),
            **(environment or {}),
        }
        if python_path:
            folders = [str(python_path), variables["PYTHONPATH"]]
            variables["PYTHONPATH"] = os.pathsep.join(folders)
        servers.append(JobServer(command, variables, log, timeout))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def start_server(cluster, database, odoo, servers, tmp_path):
    """Start a server of Odoo on the database: ``start_server(*options, env={})``."""

    def start(*options: str, env: Mapping[str, str] | None = None) -> processes.Server:
        return servers.start(
            "Odoo",
            odoo.command(
                database,
                options=[
                    f"--http-port={ports.any_free()}",
                    f"--gevent-port={ports.any_free()}",
                    *options,
                ],
            ),
            tmp_path / "odoo.log",
            env={
                **odoo.environment(),
                "PGHOST": cluster.host,
                "PGUSER": "odoo",
                "ODOO_QUEUE_JOB_WORKERS": "2",
                **(env or {}),
            },
        )

    return start


def _libpq(variables: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if name.startswith("PG")}
