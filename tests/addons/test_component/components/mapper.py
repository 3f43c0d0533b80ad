from odoo.addons.component.core import AbstractComponent, Component


class Mapper(AbstractComponent):
    """Knows its steps from the names of its methods, as mappers do."""

    _name = "test.component.mapper"
    _inherit = "test.component.machine"
    _usage = "mapper"

    @classmethod
    def _complete_component_build(cls):
        super()._complete_component_build()
        cls.steps = sorted(name for name in dir(cls) if name.startswith("step_"))

    def values(self, recipe):
        """Return what all steps make of a recipe."""
        result = {}
        for step in self.steps:
            result.update(getattr(self, step)(recipe))
        return result


class RecipeMapper(Component):
    _name = "test.component.recipe.mapper"
    _inherit = "test.component.mapper"
    _apply_on = ["test.component.recipe"]

    def step_name(self, recipe):
        """Map the name."""
        return {"title": recipe.name}


class MapperWithStrength(AbstractComponent):
    """Comes after the mapper of recipes, which must have the step all the same."""

    _inherit = "test.component.mapper"

    def step_strength(self, recipe):
        """Map the strength."""
        return {"strength": recipe.strength}
