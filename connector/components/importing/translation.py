"""Imports the translations of a record."""

from __future__ import annotations

from typing import Any

from odoo import models

from odoo.addons.component.core import AbstractComponent

from ..differences import differences


class TranslationImporter(AbstractComponent):
    """One read and one write for each language, of translatable fields only.

    A record importer calls it once the record is imported in its own language::

        def _after_import(self):
            translations = self.component(usage="translation.importer")
            translations.run(self.external_id, self.binding)

    A connector overrides :meth:`_languages`, and :meth:`_fetch` if the ``read`` method
    of its adapter takes no ``lang``. The values are those of the model's import mapper.
    """

    _name = "generic.translation.importer"
    _inherit = "base.importer"
    _usage = "translation.importer"

    def run(self, external_id: Any, binding: models.BaseModel) -> None:
        """Write the translations of a record in each other language."""
        for code, name in self._languages().items():
            record = self._fetch(external_id, name)
            texts = self._texts(self.mapper.map_record(record).values(binding=binding))
            binding = binding.with_context(lang=code, connector_no_export=True)
            if changed := differences(binding, texts):
                binding.write(changed)

    # -- hooks

    def _languages(self) -> dict[str, str]:
        """Return the other languages: Odoo's code, and that of the external system.

        By default all installed languages, except the one of this import.
        """
        own = self.env.lang or "en_US"
        installed = self.env["res.lang"].get_installed()
        return {code: code for code, _name in installed if code != own}

    def _fetch(self, external_id: Any, language: str) -> dict:
        """Fetch the record in a language of the external system."""
        return self.backend_adapter.read(external_id, lang=language)

    def _texts(self, values: dict) -> dict:
        fields = self.model._fields
        return {
            name: value
            for name, value in values.items()
            if name in fields and fields[name].base_field.translate
        }
