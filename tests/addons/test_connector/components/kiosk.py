"""A minimal connector for a REST API."""

from odoo.addons.component.core import AbstractComponent, Component
from odoo.addons.connector.components.http.auth import BasicAuth
from odoo.addons.connector.components.http.pagination import KeysetPaging
from odoo.addons.connector.components.mapper import mapping
from odoo.addons.connector.exception import MappingError


class KioskBase(AbstractComponent):
    _name = "kiosk.base"
    _inherit = "base.connector"
    _collection = "kiosk.backend"


class KioskBinder(Component):
    _name = "kiosk.binder"
    _inherit = ["base.binder", "kiosk.base"]
    _apply_on = "kiosk.res.partner"


class KioskAdapter(Component):
    _name = "kiosk.adapter"
    _inherit = ["base.rest.adapter", "kiosk.base"]
    _apply_on = "kiosk.res.partner"
    _path = "/api/guests"
    _paging = KeysetPaging()

    def _build_request_auth(self):
        return BasicAuth(*self._credentials())


class KioskImportMapper(Component):
    _name = "kiosk.import.mapper"
    _inherit = ["base.import.mapper", "kiosk.base"]
    _apply_on = "kiosk.res.partner"
    direct = [("name", "name")]

    @mapping
    def country(self, record):
        country = self.env["res.country"].search([("code", "=", record["country"])])
        if not country:
            raise MappingError(f"There is no country {record['country']}.")
        return {"country_id": country.id}


class KioskBatchImporter(Component):
    _name = "kiosk.batch.importer"
    _inherit = ["generic.batch.importer", "kiosk.base"]


class KioskImporter(Component):
    _name = "kiosk.importer"
    _inherit = ["generic.record.importer", "kiosk.base"]


class KioskExportMapper(Component):
    _name = "kiosk.export.mapper"
    _inherit = ["base.export.mapper", "kiosk.base"]
    _apply_on = "kiosk.res.partner"
    direct = [("name", "name")]


class KioskExporter(Component):
    _name = "kiosk.exporter"
    _inherit = ["generic.record.exporter", "kiosk.base"]


class KioskReceiver(Component):
    _name = "kiosk.webhook.receiver"
    _inherit = ["base.webhook.receiver", "kiosk.base"]

    def receive(self, event):
        importer = self.component(
            usage="record.importer", model_name="kiosk.res.partner"
        )
        return importer.run(event.content()["guest"]["id"])
