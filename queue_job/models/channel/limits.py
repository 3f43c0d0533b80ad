"""Concurrency and rate limits of a channel."""

from __future__ import annotations

from odoo import api, exceptions, fields, models

from ...engine.claim.capacity import Share, parse_capacity
from ...engine.claim.channels import ROOT
from ...engine.config import configured_limits
from ...engine.diagnostics.channel_tree import channel_tree
from ...engine.schema import triggers
from ..part import Part


class ChannelLimits(Part):
    _name = "queue.job.channel"
    _register = False

    capacity = fields.Char(
        help=(
            "Maximum number of concurrent jobs in this channel and its sub-channels: a "
            "number, or a share of the parent's capacity such as 50%. 0: no job "
            "starts. Empty: limited only by the parent channels; for the root channel, "
            "by the number of workers."
        ),
    )
    capacity_in_force = fields.Char(
        string="Effective Capacity",
        compute="_compute_capacity_in_force",
        help=(
            "Maximum number of concurrent jobs in this channel and its sub-channels, "
            "as set in the server configuration, on the channel, or by default. "
            "Empty: limited only by the parent channels."
        ),
    )
    subchannel_capacity = fields.Char(
        string="Sub-Channel Capacity",
        help="Default capacity of the channels directly below this one.",
    )
    sequential = fields.Boolean(
        help="Run one job at a time, in strict order: a job that failed or is waiting "
        "for a retry holds back the jobs behind it.",
    )
    throttle = fields.Integer(help="Minimum number of seconds between two starts.")
    paused = fields.Boolean(
        help="Start no job of this channel or its sub-channels. Running jobs continue."
    )
    is_configured = fields.Boolean(compute="_compute_configured")
    configured_text = fields.Char(
        string="Server Configuration",
        compute="_compute_configured",
        help="Settings of this channel in the server configuration. They take "
        "precedence.",
    )

    _throttle_not_negative = models.Constraint(
        "CHECK(throttle >= 0)", "The throttle of a channel cannot be negative."
    )

    def init(self) -> None:
        """Create the trigger that wakes the workers when a channel is edited."""
        super().init()
        self.env.cr.execute(triggers.CHANNEL_TRIGGER)

    @api.depends("complete_name", "capacity", "subchannel_capacity", "parent_id")
    def _compute_capacity_in_force(self):
        tree = channel_tree(self.env)
        for channel in self:
            capacity = tree.capacity(channel.complete_name or ROOT)
            channel.capacity_in_force = False if capacity is None else str(capacity)

    @api.depends("complete_name")
    def _compute_configured(self):
        limits = configured_limits()
        for channel in self:
            found = limits.get(channel.complete_name)
            channel.is_configured = bool(found)
            channel.configured_text = found and channel._text_of_limits(found)

    def _text_of_limits(self, limits) -> str:
        parts = [self.env._("capacity %s", limits.capacity)]
        if limits.sequential:
            parts.append(self.env._("sequential"))
        if limits.throttle:
            parts.append(self.env._("%s seconds between starts", limits.throttle))
        if limits.subchannel_capacity is not None:
            parts.append(
                self.env._("sub-channel capacity %s", limits.subchannel_capacity)
            )
        if limits.paused:
            parts.append(self.env._("paused"))
        return ", ".join(parts)

    @api.constrains("capacity", "subchannel_capacity", "sequential", "parent_id")
    def _check_capacity(self):
        for channel in self:
            try:
                capacity = parse_capacity(channel.capacity)
                parse_capacity(channel.subchannel_capacity)
            except ValueError as error:
                raise exceptions.ValidationError(
                    self.env._(
                        "Channel %(name)s: %(error)s",
                        name=channel.complete_name,
                        error=error,
                    )
                ) from error
            if channel.sequential and capacity not in (None, 0, 1):
                raise exceptions.ValidationError(
                    self.env._(
                        "Channel %s is sequential: its capacity cannot exceed 1.",
                        channel.complete_name,
                    )
                )
            if channel.name == ROOT and isinstance(capacity, Share):
                raise exceptions.ValidationError(
                    self.env._(
                        "The capacity of the root channel must be a number: it has no "
                        "parent to take a share of."
                    )
                )
