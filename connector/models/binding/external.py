"""The abstract model that the bindings of each connector inherit."""

from odoo import fields, models


class ExternalBinding(models.AbstractModel):
    """Link between a record of Odoo and a record of an external system.

    A concrete binding usually inherits the fields of the record it binds::

        class CoffeePartner(models.Model):
            _name = "coffee.res.partner"
            _inherit = "external.binding"
            _inherits = {"res.partner": "odoo_id"}

            odoo_id = fields.Many2one("res.partner", required=True, ondelete="cascade")
            backend_id = fields.Many2one("coffee.backend", required=True)
            external_id = fields.Char()
    """

    _name = "external.binding"
    _description = "External Binding"

    # Not copied: a binding with a sync date and external ID 0 counts as bound.
    sync_date = fields.Datetime(string="Last synchronization date", copy=False)
