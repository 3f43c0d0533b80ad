from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odoo.addons.component.core import AbstractComponent, Component
from odoo.addons.connector.components.mapper import changed_by, mapping

if TYPE_CHECKING:
    from odoo.models import BaseModel


class BadgeImportMapper1(Component):
    _name = "coffee.badge.import.mapper.1"
    _inherit = ["base.import.mapper", "coffee.firmware.1"]
    _apply_on = "coffee.res.partner"
    direct = [("holder_name", "name"), ("holder_email", "email")]


class BadgeImportMapper2(Component):
    _name = "coffee.badge.import.mapper.2"
    _inherit = ["base.import.mapper", "coffee.firmware.2"]
    _apply_on = "coffee.res.partner"

    @mapping
    def holder(self, record: BaseModel) -> dict[str, Any]:
        return {key: record["holder"][key] for key in ("name", "email")}


class BadgeExportMapper(AbstractComponent):
    _name = "coffee.badge.export.mapper"
    _inherit = ["base.export.mapper", "coffee.base"]
    _apply_on = "coffee.res.partner"
    direct = [("active", "active")]

    @mapping
    def ref(self, record: BaseModel) -> dict[str, Any]:
        return {"ref": f"{record.odoo_id._name},{record.odoo_id.id}"}


class BadgeExportMapper1(Component):
    _name = "coffee.badge.export.mapper.1"
    _inherit = ["coffee.badge.export.mapper", "coffee.firmware.1"]

    @changed_by("name", "email")
    @mapping
    def holder(self, record: BaseModel) -> dict[str, Any]:
        return {"holder_name": record.name, "holder_email": record.email or None}


class BadgeExportMapper2(Component):
    _name = "coffee.badge.export.mapper.2"
    _inherit = ["coffee.badge.export.mapper", "coffee.firmware.2"]

    @changed_by("name", "email")
    @mapping
    def holder(self, record: BaseModel) -> dict[str, Any]:
        return {"holder": {"name": record.name, "email": record.email or None}}
