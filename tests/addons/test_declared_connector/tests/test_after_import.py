from dataclasses import replace

from ..models import PantryOrder
from .pantry_case import ORDER, ORDERS, PantryCase


class TestAfterImport(PantryCase):
    def setUp(self):
        super().setUp()
        self.record = self.order(self.guest(), waiter="Ada")

    def test_the_binding_is_told_of_its_import_with_the_record(self):
        self.assertEqual(self.imported(ORDER, self.record).waiter, "Ada")

    def test_the_bindings_of_a_page_are_told(self):
        for import_by in ("page", "bulk"):
            resource = replace(PantryOrder._resource, import_by=import_by)
            self.patch(PantryOrder, "_resource", resource)
            self.server.change(ORDERS, self.record["id"], waiter=import_by)
            self.env[ORDER].import_batch(self.backend)
            self.assertEqual(self.binding(ORDER, self.record).waiter, import_by)

    def test_changes_that_no_field_takes_are_told(self):
        order = self.imported(ORDER, self.record)
        self.server.change(ORDERS, self.record["id"], waiter="Grace")
        self.imported(ORDER, self.record)
        self.assertEqual(order.waiter, "Grace")

    def test_unchanged_records_are_not_told(self):
        order = self.imported(ORDER, self.record)
        order.waiter = "Somebody"
        self.imported(ORDER, self.record)
        self.assertEqual(order.waiter, "Somebody")
