"""The abstract model that the bindings of each connector inherit."""

from odoo import fields, models


class ExternalBinding(models.AbstractModel):
    """Link of a record with what it is in another system.

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

    # Not copied: what has one counts as bound, where the external id reads 0.
    sync_date = fields.Datetime(string="Last synchronization date", copy=False)
