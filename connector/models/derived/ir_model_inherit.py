"""Derives records when an addon is installed or updated, before its data files."""

from collections.abc import Iterable

from odoo import models

from .derive import derive


class IrModelInherit(models.Model):
    _inherit = "ir.model.inherit"

    def _reflect_inherits(self, model_names: Iterable[str]) -> None:
        # The last step of the setup of the models of an addon.
        super()._reflect_inherits(model_names)
        module = self.env.context.get("module")
        if module:
            update = not self.pool._is_install
            self.pool.post_init(derive, self.env, module, model_names, update)
