"""The names of channels: jobs follow a channel that changes its name or place.

Jobs name their channel by text. Those that wait or failed are renamed with it; whatever
else names it as before (a job that runs, was done and is requeued, is stored by a
transaction that began earlier, or by code) is understood by the former names that the
channel keeps.
"""

from odoo import api, exceptions, fields

from ...engine.claim.channels import spellings
from ...engine.config import configured_limits
from ...engine.diagnostics.channel_tree import channel_tree
from ...job import ENQUEUED, FAILED, PENDING, WAIT_DEPENDENCIES
from ..part import Part

# The row of a running job is its worker's: a write would make the job collide with it.
_RENAMED_STATES = (WAIT_DEPENDENCIES, PENDING, ENQUEUED, FAILED)


class ChannelNames(Part):
    _name = "queue.job.channel"
    _register = False

    former_names = fields.Text(
        readonly=True,
        copy=False,
        help=(
            "Former complete names of the channel, one per line. Jobs that still use "
            "one of them run in this channel."
        ),
    )

    @api.constrains("name")
    def _check_name(self):
        for channel in self:
            if "." in (channel.name or "") and not self.env.context.get("install_mode"):
                raise exceptions.ValidationError(
                    self.env._(
                        "A channel name cannot contain a dot: %s. Enter the last part "
                        "only, and choose the parent channel.",
                        channel.name,
                    )
                )

    @api.model
    def name_create(self, name):
        """Return the channel typed in another form; none is made of a text.

        :raises UserError: for a channel that does not exist, with the nearest that does
        """
        domain = [("complete_name", "=", self._known_name(name))]
        channel = self.search(domain, limit=1)
        return channel.id, channel.display_name

    @api.model
    def _known_name(self, text):
        """Return the complete name, as it is now, of the channel that ``text`` means.

        :raises UserError: for a channel that does not exist, with the nearest that does
        """
        tree = channel_tree(self.env(su=True))
        name = tree.channel_of(text)
        if not tree.is_known(name):
            raise exceptions.UserError(
                self.env._(
                    "Channel %(channel)s does not exist. The nearest existing channel "
                    "is %(nearest)s. Use an existing channel, or first create one in "
                    "the menu Job Queue / Queue / Channels.",
                    channel=name,
                    nearest=tree.similar_to(name),
                )
            )
        return name

    def _check_not_configured(self):
        """Refuse to rename channels which the server's configuration names."""
        configured = configured_limits()
        for channel in self:
            if channel.complete_name in configured:
                raise exceptions.UserError(
                    self.env._(
                        "Channel %s cannot be renamed, moved or deleted: the server "
                        "configuration names it. Remove it from the channels there "
                        "first.",
                        channel.complete_name,
                    )
                )

    def _jobs_by_name(self, names):
        texts = [text for name in names for text in spellings(name)]
        domain = [("channel", "in", texts), ("state", "in", _RENAMED_STATES)]
        return self.env["queue.job"].sudo().search(domain)

    def _follow_from(self, former_name):
        """Let what names the channel by ``former_name`` follow it."""
        self.ensure_one()
        name = self.complete_name
        if not former_name or former_name == name:
            return
        self._take_names(name)
        former_names = [*(self.former_names or "").splitlines(), former_name]
        self.former_names = "\n".join(former_names)
        self._jobs_by_name([former_name]).write({"channel": name})

    def _take_names(self, *names):
        """Let ``names`` be of no channel that had them before."""
        # pylint: disable=no-search-all
        for channel in self.search([("former_names", "!=", False)]):
            kept = [
                former
                for former in channel.former_names.splitlines()
                if former not in names
            ]
            if len(kept) < len(channel.former_names.splitlines()):
                channel.former_names = "\n".join(kept) or False

    def _give_jobs_to_parents(self):
        """Let waiting jobs of channels that are about to go run in those above.

        Not those of a channel that goes on by the configuration of the server.
        """
        configured = configured_limits()
        for channel in self.filtered(lambda one: one.complete_name not in configured):
            above = channel.parent_id
            while above in self:
                above = above.parent_id
            names = [channel.complete_name, *(channel.former_names or "").splitlines()]
            self._jobs_by_name(names).write({"channel": above.complete_name})
