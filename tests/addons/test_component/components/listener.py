from odoo.addons.component.core import Component
from odoo.addons.component_event import skip_if


class RecipeListener(Component):
    _name = "test.component.recipe.listener"
    _inherit = "base.event.listener"
    _apply_on = ["test.component.recipe"]

    def on_record_create(self, record, fields=None):
        """Remember the creation."""
        record.remember(f"created with {', '.join(fields)}")

    @skip_if(lambda self, record, **kw: record.env.context.get("quiet"))
    def on_record_write(self, record, fields=None):
        """Remember the write."""
        record.remember(f"written {', '.join(fields)}")

    def on_record_unlink(self, record):
        """Tell the machine that the recipe is gone."""
        if record.backend_id:
            record.backend_id.name = f"without {record.name}"

    def on_record_change(self, record, changes):
        """Remember what changed."""
        for name, (before, after) in changes.items():
            record.remember(f"{name}: {before} -> {after}")


class PouringListener(Component):
    _name = "test.component.pouring.listener"
    _inherit = "base.event.listener"
    _collection = "test.component.backend"

    def on_poured(self, record):
        """Pour the recipe on the machine the event is fired for."""
        self.work.work_on().component(usage="backend.adapter").pour(record)


class IndustryListener(Component):
    """Shows on a record of Odoo's own that the addon's components are there."""

    _name = "test.component.industry.listener"
    _inherit = "base.event.listener"
    _apply_on = ["res.partner.industry"]

    def on_record_create(self, record, fields=None):
        """Leave a trace on the record."""
        record.full_name = "received by test_component"
