"""The parameters of connections that the engine opens outside of Odoo's pool."""

import psycopg2

from odoo.sql_db import connection_info_for

from ..config import connection_overrides
from . import tcp


def connection_parameters(database: str) -> dict:
    """Return libpq parameters for a connection outside of Odoo's pool."""
    _name, info = connection_info_for(database)
    if "dsn" in info:
        info = {**psycopg2.extensions.parse_dsn(info["dsn"])}
    return {
        "application_name": "odoo-queue-job",
        **tcp.KEEPALIVE,
        **info,
        **connection_overrides(),
    }
