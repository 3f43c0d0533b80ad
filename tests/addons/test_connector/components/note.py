from odoo.addons.component.core import Component
from odoo.addons.connector.components.mapper import changed_by, mapping


class ShopNoteBinder(Component):
    _name = "shop.note.binder"
    _inherit = ["base.binder", "shop.base"]
    _apply_on = "shop.note"


class ShopNoteAdapter(Component):
    _name = "shop.note.adapter"
    _inherit = ["shop.adapter"]
    _apply_on = "shop.note"


class ShopNoteExportMapper(Component):
    _name = "shop.note.export.mapper"
    _inherit = ["base.export.mapper", "shop.base"]
    _apply_on = "shop.note"

    direct = [("title", "title")]

    @changed_by("text")
    @mapping
    def text(self, record):
        return {"text": record.text or ""}


class ShopNoteExporter(Component):
    _name = "shop.note.exporter"
    _inherit = ["generic.exporter", "shop.base"]
    _apply_on = "shop.note"
    _usage = "record.exporter"


class ShopNoteListener(Component):
    _name = "shop.note.listener"
    _inherit = ["generic.export.listener", "shop.base"]
    _apply_on = "shop.note"


class ShopNoteRemoteDeleter(Component):
    _name = "shop.note.export.deleter"
    _inherit = ["generic.export.deleter", "shop.base"]
    _apply_on = "shop.note"


class ShopNoteLocalDeleter(Component):
    _name = "shop.note.import.deleter"
    _inherit = ["generic.import.deleter", "shop.base"]
    _apply_on = "shop.note"
