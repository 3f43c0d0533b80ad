"""The engine under the names with which earlier runners were started and stopped."""

from odoo.sql_db import connection_info_for

from ..engine import config
from ..engine.process.runner import JobRunner
from ..engine.sql.rescue import RESCUE_ORPHANS

#: Key of the lock by which earlier runners elected a leader; kept for its name.
PG_ADVISORY_LOCK_ID = 2293787760715711918


def _channels() -> str:
    """Return the effective channel string."""
    return config.channels_text() or "root:1"


def _connection_info_for(db_name: str) -> dict:
    """Return the parameters of the direct connection to a database."""
    _name, info = connection_info_for(db_name)
    return {**info, **config.connection_overrides()}


class QueueJobRunner(JobRunner):
    """The runner of the jobs of one process."""

    @classmethod
    def from_environ_or_config(cls) -> "QueueJobRunner":
        """Return the runner that the configuration asks for.

        :raises ValueError: if no entry of a channel string is valid
        """
        return cls()


class Database:
    """A database, under the name of earlier runners."""

    def __init__(self, db_name: str):
        self.db_name = db_name

    def _query_requeue_dead_jobs(self) -> str:
        """Return the statement that rescues orphaned jobs."""
        return RESCUE_ORPHANS
