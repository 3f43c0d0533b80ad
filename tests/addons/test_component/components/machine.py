from odoo.addons.component.core import AbstractComponent, Component


class MachineComponent(AbstractComponent):
    _name = "test.component.machine"
    _collection = "test.component.backend"


class Adapter(Component):
    _name = "test.component.adapter"
    _inherit = "test.component.machine"
    _usage = "backend.adapter"

    @classmethod
    def _component_match(cls, work, usage=None, model_name=None, **kw):
        return work.collection.firmware == "1"

    def pour(self, recipe):
        """Send a recipe to the machine, on the line of the work context."""
        self.work.line.append(f"pour {recipe.name}")


class NewAdapter(Component):
    _name = "test.component.adapter.new"
    _inherit = "test.component.adapter"

    @classmethod
    def _component_match(cls, work, usage=None, model_name=None, **kw):
        return work.collection.firmware == "2"

    def pour(self, recipe):
        """Send a recipe as the new firmware wants it."""
        self.work.line.append(f"brew {recipe.name}")
