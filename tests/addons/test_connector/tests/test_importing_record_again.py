"""A record is imported again in the transaction that deleted its binding."""

from odoo import api
from odoo.tests import tagged

from odoo.addons.connector.exception import RetryableJobError

from ..models.shop_backend import SHOPS, Shop
from .common import ShopCase

MODEL = "shop.wishlist"


@tagged("post_install", "-at_install")
class TestImportAgain(ShopCase):
    def setUp(self):
        super().setUp()
        # What other transactions see is committed.
        self.data_cr = self.registry.cursor()
        self.addCleanup(self._clean_up)
        env = self.env(cr=self.data_cr)
        self.data_backend = env["shop.backend"].create({"name": "Again"})
        self.wishlist = self._bind(env, "W1")
        self.data_cr.commit()
        shop = SHOPS[self.data_backend.id] = Shop()
        self.addCleanup(SHOPS.pop, self.data_backend.id)
        record = {"title": "Gifts", "wishes": []}
        shop.resources[MODEL] = {"W1": record, "W2": record}

    def _bind(self, env, external_id):
        return env[MODEL].create(
            {"backend_id": self.data_backend.id, "external_id": external_id}
        )

    def _clean_up(self):
        self.data_cr.rollback()
        env = self.env(cr=self.data_cr)
        env[MODEL].search([("backend_id", "=", self.data_backend.id)]).unlink()
        self.data_backend.with_env(env).unlink()
        self.data_cr.commit()
        self.data_cr.close()

    def test_a_binding_deleted_by_ourselves_is_made_again(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.env.uid, {})
            env[MODEL].browse(self.wishlist.id).unlink()
            env[MODEL].import_record(self.data_backend.with_env(env), "W1")
            self.assertEqual(env[MODEL].search_count([("external_id", "=", "W1")]), 1)

    def test_a_binding_created_concurrently_is_retried_later(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.env.uid, {})
            env[MODEL].search_count([])
            self._bind(self.env(cr=self.data_cr), "W2")
            self.data_cr.commit()
            with self.assertRaisesRegex(RetryableJobError, "at the same time"):
                env[MODEL].import_record(self.data_backend.with_env(env), "W2")

    def test_a_record_locked_by_an_export_is_waited_for(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.env.uid, {})
            self.data_cr.execute(
                "SELECT FROM shop_wishlist WHERE id = %s FOR NO KEY UPDATE",
                [self.wishlist.id],
            )
            with self.assertRaisesRegex(RetryableJobError, "locked by another job"):
                env[MODEL].import_record(self.data_backend.with_env(env), "W1")
