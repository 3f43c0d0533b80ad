"""Names of derived menus and actions follow those of their models, in each language."""

from odoo import models

from .kinds import is_derived, slug_of


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def _load_module_terms(self, modules, langs, overwrite=False):
        result = super()._load_module_terms(modules, langs, overwrite=overwrite)
        for model in self.env.values():
            if model._original_module in modules and is_derived(model, "menus"):
                self._translate_derived_names(model, langs, overwrite)
        return result

    def _translate_derived_names(
        self, model: models.BaseModel, langs: list[str], overwrite: bool
    ) -> None:
        """Copy missing translations, or all with ``overwrite``."""
        named = self.env["ir.model"]._get(model._name).sudo()
        names = named._fields["name"]._get_stored_translations(named) or {}
        slug = slug_of(model)
        for xml_id in (f"{slug}_action", f"menu_{slug}", f"menu_{slug}_root"):
            record = self.env.ref(
                f"{model._original_module}.{xml_id}", raise_if_not_found=False
            )
            if not record:
                continue
            own = record._fields["name"]._get_stored_translations(record)
            if own["en_US"] != names.get("en_US"):
                continue
            missing = {
                lang: name
                for lang, name in names.items()
                if lang in langs and (overwrite or lang not in own)
            }
            if missing:
                record.update_field_translations("name", missing)
