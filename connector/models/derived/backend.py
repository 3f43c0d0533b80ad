from lxml import etree
from lxml.builder import E

from odoo import fields, models

from .kinds import bindings_of, is_derived


class ConnectorBackendMixin(models.AbstractModel):
    """Smart buttons of the bindings of a backend.

    The buttons are added when the form is read, as bindings can be in other addons.
    """

    _inherit = "connector.backend.mixin"

    #: Which records are derived from the model: all, none, or a set of kinds
    #: (``access``, ``rules``, ``views``, ``menus``).
    _derived_records: bool | frozenset[str] = True

    # Number of bindings of each model.
    binding_counts = fields.Json(
        compute="_compute_binding_counts", groups="connector.group_connector_user"
    )

    def _compute_binding_counts(self):
        names = [m._name for m in bindings_of(self) if m.has_access("read")]
        for backend in self:
            backend.binding_counts = {
                name: backend._count_bindings(name) for name in names
            }

    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and is_derived(self, "views"):
            self._add_binding_buttons(arch)
            self._add_placeholders(arch)
        return arch, view

    def _add_binding_buttons(self, arch: etree._Element) -> None:
        for box in arch.xpath("//div[@name='button_box']")[:1]:
            shown = " ".join(
                box.xpath(".//button[@name='action_open_bindings']/@context")
            )
            box.extend(
                self._binding_button(model)
                for model in bindings_of(self)
                if is_derived(model, "views") and f"'{model._name}'" not in shown
            )

    def _add_placeholders(self, arch: etree._Element) -> None:
        """Secrets of the connector have the placeholder of the password, translated."""
        for text in arch.xpath("//field[@name='password']/@placeholder")[:1]:
            for name in self._secret_fields:
                for node in arch.xpath("//field[@name=$name]", name=name):
                    node.set("placeholder", node.get("placeholder", text))

    def _binding_button(self, model: models.BaseModel) -> etree._Element:
        label = self.env["ir.model"]._get(model._name).name
        count = E.field(
            name="binding_counts",
            widget="connector_binding_count",
            options=repr({"model": model._name}),
            string=label,
        )
        return E.button(
            count,
            {"class": "oe_stat_button"},
            name="action_open_bindings",
            type="object",
            icon="fa-link",
            context=repr({"binding_model": model._name}),
            invisible="not id",
            groups="connector.group_connector_user",
        )
