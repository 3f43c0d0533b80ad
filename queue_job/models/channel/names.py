"""Renaming and moving channels: jobs follow their channel.

Jobs refer to their channel by name. Waiting and failed jobs are updated along with the
channel. Everything else that still uses the old name (a running job, a done job that is
requeued, a job stored by code or by a transaction that began earlier) is resolved
through the former names kept on the channel.
"""

from __future__ import annotations

from odoo import api, exceptions, fields

from ...engine.claim.channels import spellings
from ...engine.config import configured_limits
from ...engine.diagnostics.channel_tree import channel_tree
from ...job import ENQUEUED, FAILED, PENDING, WAIT_DEPENDENCIES
from ..part import Part

# Only the worker writes the row of a running job: another write would conflict.
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
    def name_create(self, name: str) -> tuple[int, str]:
        """Return the channel entered in another form; never creates one.

        :raises UserError: for an unknown channel, naming the nearest existing one
        """
        domain = [("complete_name", "=", self._known_name(name))]
        channel = self.search(domain, limit=1)
        return channel.id, channel.display_name

    @api.model
    def _known_name(self, text):
        """Return the current complete name of the channel that ``text`` means.

        :raises UserError: for an unknown channel, naming the nearest existing one
        """
        tree = channel_tree(self.env(su=True))
        name = tree.channel_of(text)
        if not tree.is_known(name):
            raise exceptions.UserError(
                self.env._(
                    "Channel %(channel)s does not exist. The nearest existing channel "
                    "is %(nearest)s. Use an existing channel, or first create one in "
                    "the menu Job Queue > Queue > Channels.",
                    channel=name,
                    nearest=tree.similar_to(name),
                )
            )
        return name

    def _check_not_configured(self):
        """Refuse to rename channels that are set in the server configuration."""
        configured = configured_limits()
        for channel in self:
            if channel.complete_name in configured:
                raise exceptions.UserError(
                    self.env._(
                        "Channel %s cannot be renamed, moved or deleted: it is set in "
                        "the server configuration. Remove it from that configuration "
                        "first.",
                        channel.complete_name,
                    )
                )

    def _jobs_by_name(self, names):
        texts = [text for name in names for text in spellings(name)]
        domain = [("channel", "in", texts), ("state", "in", _RENAMED_STATES)]
        return self.env["queue.job"].sudo().search(domain)

    def _follow_from(self, former_name):
        """Make everything that uses ``former_name`` follow the channel."""
        self.ensure_one()
        name = self.complete_name
        if not former_name or former_name == name:
            return
        self._take_names(name)
        former_names = [*(self.former_names or "").splitlines(), former_name]
        self.former_names = "\n".join(former_names)
        self._jobs_by_name([former_name]).write({"channel": name})

    def _take_names(self, *names):
        """Remove ``names`` from the former names of all channels."""
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
        """Move waiting jobs of channels about to be deleted to their parents.

        Except for channels that continue to exist in the server configuration.
        """
        configured = configured_limits()
        for channel in self.filtered(lambda one: one.complete_name not in configured):
            above = channel.parent_id
            while above in self:
                above = above.parent_id
            names = [channel.complete_name, *(channel.former_names or "").splitlines()]
            self._jobs_by_name(names).write({"channel": above.complete_name})
