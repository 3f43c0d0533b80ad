"""The tree of channels as it is now, read for people."""

from ..claim.channels import ChannelTree
from ..claim.claimer import Claimer
from ..config import configured_limits, heartbeat_timeout
from . import sql


def channel_tree(env) -> ChannelTree:
    """Return the channels of a database, with the capacities in force."""
    env["queue.job.channel"].flush_model()
    env.cr.execute(sql.CHANNELS)
    limits = Claimer(configured_limits(), None).limits(env.cr.fetchall())
    env.cr.execute(sql.ALIVE, {"timeout": heartbeat_timeout()})
    return ChannelTree(limits, workers=env.cr.fetchone()[0])
