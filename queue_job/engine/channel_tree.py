"""The current channel tree, as shown to users."""

from .channels import ChannelTree
from .claim import Claimer
from .config import configured_limits, heartbeat_timeout
from .sql import explain as sql


def channel_tree(env) -> ChannelTree:
    """Return the channels of a database, with the capacities in force."""
    env["queue.job.channel"].flush_model()
    env.cr.execute(sql.CHANNELS)
    limits = Claimer(configured_limits(), None).limits(env.cr.fetchall())
    env.cr.execute(sql.ALIVE, {"timeout": heartbeat_timeout()})
    return ChannelTree(limits, workers=env.cr.fetchone()[0])
