"""The engine under the names by which it was started and stopped before."""

from odoo.sql_db import connection_info_for

from ..engine import config
from ..engine.process.runner import JobRunner
from ..engine.sql.rescue import RESCUE_ORPHANS

#: Key of the lock by which earlier runners elected one of them; kept for its name.
PG_ADVISORY_LOCK_ID = 2293787760715711918


def _channels() -> str:
    """Return the channel string in force."""
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

        :raises ValueError: when no entry of a channel string is any good
        """
        return cls()


class Database:
    """One database under the name of earlier runners."""

    def __init__(self, db_name: str):
        self.db_name = db_name

    def _query_requeue_dead_jobs(self) -> str:
        """Return the statement that rescues jobs which run for nobody."""
        return RESCUE_ORPHANS
