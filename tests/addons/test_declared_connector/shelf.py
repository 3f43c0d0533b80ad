from odoo import fields, models

from odoo.addons.connector.api import Binding, LineOf, Resource, lines, optional


class PantryJar(models.Model):
    _name = "pantry.jar"
    _description = "Pantry Jar"

    name = fields.Char()
    active = fields.Boolean(default=True)


class PantryShelf(Binding):
    """Received as JSON:API, without a time of change that can be trusted."""

    _name = "pantry.shelf"
    _description = "Pantry Shelf"
    _backend = "pantry.backend"
    _resource = Resource(
        "/api/shelves",
        parse="_with_attributes",
        record_query={"include": "jars"},
        version_type="content",
    )
    _import_map = [
        ("title", "name"),
        (lines(optional("jars"), "pantry.shelf.jar"), "jar_ids"),
    ]

    name = fields.Char()

    def _with_attributes(self, record):
        return {"id": record["id"], **record["attributes"]}


class PantryShelfJar(Binding):
    _name = "pantry.shelf.jar"
    _description = "Pantry Jar on a Shelf"
    _backend = "pantry.backend"
    _binds = "pantry.jar"
    _external_id_type = fields.Integer
    _line_of = LineOf(
        PantryShelf, "shelf_id", lines="jar_ids", on_remote_delete="archive"
    )
    _import_map = [("label", "name")]
