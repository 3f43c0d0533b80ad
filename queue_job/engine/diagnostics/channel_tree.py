"""The current channel tree, as shown to users."""

from ..claim.channels import ChannelTree
from ..claim.limits import ChannelRecord, effective_limits
from ..config import configured_limits, heartbeat_timeout
from . import sql


def channel_tree(env) -> ChannelTree:
    """Return the channels of a database, with the capacities in force."""
    env["queue.job.channel"].flush_model()
    env.cr.execute(sql.CHANNELS)
    records = [ChannelRecord(*row) for row in env.cr.fetchall()]
    limits = effective_limits(records, configured_limits())
    env.cr.execute(sql.ALIVE, {"timeout": heartbeat_timeout()})
    return ChannelTree(limits, workers=env.cr.fetchone()[0])
