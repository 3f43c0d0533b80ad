from odoo import fields, models


class Recipe(models.Model):
    _name = "test.component.recipe"
    _description = "Coffee recipe"

    name = fields.Char(required=True)
    strength = fields.Integer()
    backend_id = fields.Many2one("test.component.backend")
    history = fields.Text(default="", help="What listeners received, one line each.")

    def remember(self, line):
        """Add a line to the history, without telling anyone."""
        for recipe in self._without_record_events():
            recipe.history = f"{recipe.history or ''}{line}\n"
