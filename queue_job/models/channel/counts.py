"""Current job counts of a channel."""

from __future__ import annotations

from collections import Counter
from typing import Any

from odoo import api, fields
from odoo.fields import Domain

from ...engine.claim.channels import ROOT, ancestry
from ...engine.diagnostics.channel_tree import channel_tree
from ...engine.diagnostics.explain import Explainer
from ...job import ENQUEUED, FAILED, PENDING, STARTED, WAIT_DEPENDENCIES
from ..part import Part

_COUNTED = {
    "waiting_count": (WAIT_DEPENDENCIES, PENDING),
    "running_count": (ENQUEUED, STARTED),
    "failed_count": (FAILED,),
}


class ChannelCounts(Part):
    _name = "queue.job.channel"
    _register = False

    waiting_count = fields.Integer(string="Waiting", compute="_compute_counts")
    running_count = fields.Integer(string="Running", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")
    block_reason = fields.Char(
        string="Blocked By",
        compute="_compute_block_reason",
        help="Why no job of this channel starts now.",
    )

    @api.depends("complete_name")
    def _compute_block_reason(self):
        explainer = Explainer(self.env)
        for channel in self:
            name = channel.complete_name
            channel.block_reason = bool(name) and explainer.explain_channel(name)

    @api.depends("complete_name")
    def _compute_counts(self):
        """Count the jobs of each channel and its sub-channels."""
        states = [state for group in _COUNTED.values() for state in group]
        rows = self.env["queue.job"]._read_group(
            [("state", "in", states)], ["channel", "state"], ["__count"]
        )
        counts = Counter()
        tree = channel_tree(self.env)
        for text, state, count in rows:
            for name in ancestry(tree.channel_of(text)):
                counts[name, state] += count
        for channel in self:
            for field, group in _COUNTED.items():
                channel[field] = sum(counts[channel.complete_name, s] for s in group)

    def _open_jobs(self, field):
        """Open the jobs counted in ``field``."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "queue_job.action_queue_job"
        )
        below = Domain.OR(
            Domain("channel", "=like", f"{text}.%") | Domain("channel", "=", text)
            for text in channel_tree(self.env).spellings(self.complete_name)
            if text
        )
        if self.complete_name == ROOT:
            below = Domain.TRUE
        domain = Domain("state", "in", _COUNTED[field]) & below
        return {**action, "context": {}, "domain": list(domain)}

    def action_open_waiting_jobs(self) -> dict[str, Any]:
        """Open the waiting jobs of this channel and its sub-channels."""
        return self._open_jobs("waiting_count")

    def action_open_running_jobs(self) -> dict[str, Any]:
        """Open the running jobs of this channel and its sub-channels."""
        return self._open_jobs("running_count")

    def action_open_failed_jobs(self) -> dict[str, Any]:
        """Open the failed jobs of this channel and its sub-channels."""
        return self._open_jobs("failed_count")
