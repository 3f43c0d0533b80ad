from odoo import models


class ConnectorBinding(models.AbstractModel):
    _inherit = "connector.binding"

    #: Which records are derived from the model: all, none, or a set of kinds
    #: (``access``, ``rules``, ``views``, ``menus``).
    _derived_records: bool | frozenset[str] = True

    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        # A label in the view would not be translated.
        for node in arch.xpath("//filter[@name='group_by_backend'][not(@string)]"):
            node.set("string", self._fields["backend_id"]._description_string(self.env))
        return arch, view
