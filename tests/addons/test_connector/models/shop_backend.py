from contextlib import contextmanager

from odoo import fields, models


class ShopBackend(models.Model):
    _name = "shop.backend"
    _inherit = "connector.backend"
    _description = "Shop Backend"

    name = fields.Char()
    version = fields.Selection(
        selection=[("1.7", "1.7"), ("2.0", "2.0"), ("2.5", "2.5"), ("3.1", "3.1")],
    )
    default_lang_id = fields.Many2one("res.lang")

    @contextmanager
    def work_on(self, model_name, **kwargs):
        self.ensure_one()
        with super().work_on(model_name, **kwargs) as work:
            work.shop_api = SHOPS.setdefault(self.id, Shop())
            work._propagate_kwargs.append("shop_api")
            yield work


class Shop:
    """The external system: resources by name, records by ID."""

    def __init__(self):
        self.resources = {}
        self.calls = []
        self.errors = []

    def _resource(self, name):
        return self.resources.setdefault(name, {})

    def call(self, action, resource, *args):
        self.calls.append((action, resource, *args))
        response = getattr(self, action)(self._resource(resource), *args)
        # A response may be lost after the work is done.
        if self.errors:
            raise self.errors.pop(0)
        return response

    def create(self, records, data):
        external_id = f"S{len(records) + 1}"
        records[external_id] = dict(data)
        return external_id

    def write(self, records, external_id, data):
        records[external_id].update(data)

    def read(self, records, external_id):
        empty = dict.fromkeys(("email", "points", "parent"), "")
        return {**empty, "id": external_id, **records[external_id]}

    def search(self, records, filters=None):
        return list(records)

    def delete(self, records, external_id):
        del records[external_id]


SHOPS: dict[int, Shop] = {}
