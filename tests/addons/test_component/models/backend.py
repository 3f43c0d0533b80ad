from contextlib import contextmanager

from odoo import fields, models


class Backend(models.Model):
    _name = "test.component.backend"
    _description = "Coffee machine"
    _inherit = "collection.base"

    name = fields.Char(required=True)
    firmware = fields.Selection([("1", "One"), ("2", "Two")], default="1")

    @contextmanager
    def work_on(self, model_name, **kwargs):
        """Give components an open line to the machine, and close it after."""
        line = []
        with super().work_on(model_name, line=line, **kwargs) as work:
            yield work
        line.append("closed")
