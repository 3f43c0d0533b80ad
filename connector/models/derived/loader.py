"""Creates and updates derived records, under XML IDs of the connector's addon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .data_files import own_records

if TYPE_CHECKING:
    from odoo.api import Environment
    from odoo.models import BaseModel


class Loader:
    """Loads derived records as data files are loaded, before those of the addon.

    What the data files of the addon define wins: they update the derived record of the
    same XML ID afterwards. Two kinds of records are left to them completely: views, as
    a view of the addon must not extend the derived one it replaces; and records that
    are ``noupdate``, as the data files would not restore their values.
    """

    def __init__(self, env: Environment, module: str, update: bool) -> None:
        """
        :param module: the addon to load records of
        :param update: whether the addon is updated, not installed
        """
        context = {"install_module": module, "install_mode": True, "lang": None}
        self.env = env(su=True, context={**env.context, **context})
        self.module = module
        self.update = update
        self._own = own_records(module)

    def load(
        self, model: str, name: str, values: dict[str, Any], once: bool = False
    ) -> BaseModel:
        """Create or update a record; return it, empty if the addon defines it.

        :param name: XML ID, without the addon
        :param once: do not update an existing record, which may have been edited
        """
        records = self.env[model]
        xml_id = f"{self.module}.{name}"
        if name in self._own and (self._own[name] or model == "ir.ui.view"):
            if model == "ir.ui.view":
                self._make_independent(xml_id)
            return records
        if once and (known := self.env["ir.model.data"]._load_xmlid(xml_id)):
            return known
        data = {"xml_id": xml_id, "values": values, "noupdate": False}
        return records._load_records([data], self.update)

    def _make_independent(self, xml_id: str) -> None:
        """Detach a derived view that the addon defines from now on from its parent."""
        view = self.env.ref(xml_id, raise_if_not_found=False)
        if view and view.inherit_id and not view.arch_fs:
            arch = view.get_combined_arch()
            view.write({"inherit_id": False, "mode": "primary", "arch": arch})
