"""The tree of channels that jobs run in."""

from odoo import api, exceptions, fields, models


class QueueJobChannel(models.Model):
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
    def parent_required(self):
        for record in self:
            if record.name != "root" and not record.parent_id:
                raise exceptions.ValidationError(self.env._("Parent channel required."))

    @api.model_create_multi
    def create(self, vals_list):
        """Create channels; while data files are loaded, each name once."""
        if not self.env.context.get("install_mode"):
            return super().create(vals_list)
        records = self.browse()
        for vals in vals_list:
            existing = self._declared_before(vals)
            if existing:
                existing._update_from_data(vals)
            records += existing or super().create([vals])
        return records

    def _declared_before(self, vals):
        if not (vals.get("name") and vals.get("parent_id")):
            return self.browse()
        return self.search(
            [("name", "=", vals["name"]), ("parent_id", "=", vals["parent_id"])],
            limit=1,
        )

    def _update_from_data(self, vals):
        """Write what a data file says, unless its owner declared it noupdate."""
        xmlids = (
            self.env["ir.model.data"]
            .sudo()
            .search([("model", "=", self._name), ("res_id", "=", self.id)])
        )
        if not any(xmlids.mapped("noupdate")):
            self.write(vals)

    def write(self, values):
        for channel in self:
            if (
                not self.env.context.get("install_mode")
                and channel.name == "root"
                and ("name" in values or "parent_id" in values)
            ):
                raise exceptions.UserError(self.env._("Cannot change the root channel"))
        return super().write(values)

    @api.ondelete(at_uninstall=False)
    def _check_not_root_ondelete(self):
        if any(channel.name == "root" for channel in self):
            raise exceptions.UserError(self.env._("Cannot remove the root channel"))
