"""The current channel tree, as shown to users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..claim.channels import ChannelTree
from ..claim.limits import ChannelRecord, effective_limits
from ..config import configured_limits, heartbeat_timeout
from . import sql

if TYPE_CHECKING:
    from odoo.api import Environment


def channel_tree(env: Environment) -> ChannelTree:
    """Return the channels of a database, with their effective capacities."""
    env["queue.job.channel"].flush_model()
    env.cr.execute(sql.CHANNELS)
    records = [ChannelRecord(*row) for row in env.cr.fetchall()]
    limits = effective_limits(records, configured_limits())
    env.cr.execute(sql.ALIVE, {"timeout": heartbeat_timeout()})
    return ChannelTree(limits, workers=env.cr.fetchone()[0])
