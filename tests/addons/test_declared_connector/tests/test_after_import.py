from dataclasses import replace

from ..models import PantryOrder
from .pantry_case import ORDER, ORDERS, PantryCase


class TestAfterImport(PantryCase):
    def setUp(self):
        super().setUp()
        self.record = self.order(self.guest(), waiter="Ada")

    def test_the_hook_of_the_binding_is_called_with_the_record(self):
        self.assertEqual(self.imported(ORDER, self.record).waiter, "Ada")

    def test_it_is_called_for_each_record_of_a_page(self):
        for import_by in ("page", "bulk"):
            resource = replace(PantryOrder._resource, import_by=import_by)
            self.patch(PantryOrder, "_resource", resource)
            self.server.change(ORDERS, self.record["id"], waiter=import_by)
            self.env[ORDER].import_batch(self.backend)
            self.assertEqual(self.binding(ORDER, self.record).waiter, import_by)

    def test_it_is_called_for_changes_that_no_field_takes(self):
        order = self.imported(ORDER, self.record)
        self.server.change(ORDERS, self.record["id"], waiter="Grace")
        self.imported(ORDER, self.record)
        self.assertEqual(order.waiter, "Grace")

    def test_it_is_not_called_for_unchanged_records(self):
        order = self.imported(ORDER, self.record)
        order.waiter = "Somebody"
        self.imported(ORDER, self.record)
        self.assertEqual(order.waiter, "Somebody")
