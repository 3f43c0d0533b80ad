"""The channel tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odoo import api, exceptions, fields, models

from ..data_file import update_from_data
from .counts import ChannelCounts
from .limits import ChannelLimits
from .names import ChannelNames

if TYPE_CHECKING:
    from typing import Self


class QueueJobChannel(ChannelCounts, ChannelLimits, ChannelNames, models.Model):
    _name = "queue.job.channel"
    _description = "Job Channels"
    _rec_name = "complete_name"

    name = fields.Char()
    complete_name = fields.Char(
        compute="_compute_complete_name", store=True, readonly=True, recursive=True
    )
    parent_id = fields.Many2one(
        comodel_name="queue.job.channel", string="Parent Channel", ondelete="restrict"
    )
    job_function_ids = fields.One2many(
        comodel_name="queue.job.function",
        inverse_name="channel_id",
        string="Job Functions",
    )
    removal_interval = fields.Integer(
        default=lambda self: self.env["queue.job"]._removal_interval,
        required=True,
        help="Days after which done and cancelled jobs are deleted.",
    )

    failed_removal_interval = fields.Integer(
        string="Failed Job Removal Interval",
        default=0,
        help="Days after which failed jobs are deleted. 0: keep them until they are "
        "handled.",
    )

    _name_uniq = models.Constraint(
        "UNIQUE(complete_name)", "Channel complete name must be unique"
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for record in self:
            if not record.name:
                record.complete_name = ""
            elif record.parent_id:
                record.complete_name = f"{record.parent_id.complete_name}.{record.name}"
            else:
                record.complete_name = record.name

    @api.constrains("parent_id", "name")
    def parent_required(self) -> None:
        for record in self:
            if record.name != "root" and not record.parent_id:
                raise exceptions.ValidationError(self.env._("Parent channel required."))

    @api.constrains("removal_interval", "failed_removal_interval")
    def _check_removal_intervals(self):
        for record in self:
            if record.removal_interval < 0 or record.failed_removal_interval < 0:
                raise exceptions.ValidationError(
                    self.env._(
                        "Channel %s: a removal interval cannot be negative. Enter 0 "
                        "or more days.",
                        record.complete_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        """Create channels; data files that declare the same name share one record."""
        if not self.env.context.get("install_mode"):
            records = super().create(vals_list)
            self._take_names(*records.mapped("complete_name"))
            return records
        records = self.browse()
        for vals in vals_list:
            existing = self._declared_before(vals)
            if existing:
                update_from_data(existing, vals)
            records += existing or super().create([vals])
        self._take_names(*records.mapped("complete_name"))
        return records

    def _declared_before(self, vals):
        if not (vals.get("name") and vals.get("parent_id")):
            return self.browse()
        return self.search(
            [("name", "=", vals["name"]), ("parent_id", "=", vals["parent_id"])],
            limit=1,
        )

    def write(self, values: Any) -> bool:
        moves = "name" in values or "parent_id" in values
        if (
            moves
            and not self.env.context.get("install_mode")
            and any(channel.name == "root" for channel in self)
        ):
            raise exceptions.UserError(self.env._("Cannot change the root channel"))
        moved = self.filtered(lambda channel: channel._moves_with(values))
        if not moved:
            return super().write(values)
        self._check_no_loop(values.get("parent_id"))
        tree = self.search([("id", "child_of", moved.ids)])
        if not self.env.context.get("install_mode"):
            tree._check_not_configured()
        former_names = {channel: channel.complete_name for channel in tree}
        result = super().write(values)
        # job functions are cached with the name of their channel
        self.env.registry.clear_cache()
        for channel, name in former_names.items():
            channel._follow_from(name)
        return result

    def _moves_with(self, values):
        """Tell whether ``values`` change the complete name of the channel."""
        self.ensure_one()
        return (
            values.get("name", self.name) != self.name
            or values.get("parent_id", self.parent_id.id) != self.parent_id.id
        )

    def _check_no_loop(self, parent_id):
        """Refuse a parent that is the channel itself or below it.

        Checked before anything is written: complete names in a loop would never
        end.
        """
        parent = self.browse(parent_id)
        while parent:
            if parent in self:
                raise exceptions.ValidationError(
                    self.env._(
                        "Channel %s cannot be moved below itself.", parent.display_name
                    )
                )
            parent = parent.parent_id

    def unlink(self) -> bool:
        self._give_jobs_to_parents()
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _check_not_root_ondelete(self):
        if any(channel.name == "root" for channel in self):
            raise exceptions.UserError(self.env._("Cannot remove the root channel"))
        self._check_not_configured()
