"""Lists that a REST API replaces as a whole, over real HTTP."""

from .kiosk_case import GUEST, PATH, KioskCase


class TestReadBeforeWrite(KioskCase):
    def setUp(self):
        super().setUp()
        with self.work_on(self.backend, GUEST) as work:
            exporter = type(work.component(usage="record.exporter"))
            mapper = type(work.component(usage="export.mapper"))
        self.patch(exporter, "_read_before_write", {"prices": "currency"})
        self.prices = []
        self.patch(mapper, "finalize", lambda *_args: {"prices": self.prices})
        self.number = self.guest(1)["id"]
        partner = self.env["res.partner"].create({"name": "Ada"})
        self.binding = self.bind(self.backend, GUEST, partner, self.number)

    def price(self, currency, amount, **values):
        return {"currency": currency, "amount": amount, **values}

    def set_remote(self, *prices):
        self.server.change(PATH, self.number, prices=list(prices))

    def export(self, *prices):
        """Export prices; return those of the server, and how many updates it got."""
        self.prices = list(prices)
        before = self.server.calls("PATCH", PATH)
        self.binding.export_record()
        record = self.server.records(PATH)[self.number]
        return record["prices"], self.server.calls("PATCH", PATH) - before

    def test_prices_and_keys_that_odoo_does_not_know_stay(self):
        self.set_remote(
            self.price("USD", 3), self.price("EUR", 4, id=8, valid_until="2027")
        )
        euro = self.price("EUR", 5)
        expected = [self.price("USD", 3), {"id": 8, "valid_until": "2027", **euro}]
        self.assertEqual(self.export(euro), (expected, 1))

    def test_nothing_is_sent_if_nothing_differs(self):
        remote = [self.price("USD", 3), self.price("EUR", 5, id=8)]
        self.set_remote(*remote)
        self.assertEqual(self.export(self.price("EUR", 5)), (remote, 0))
        self.assertFalse(self.binding.exported_version)
        reads = self.server.calls("GET", PATH)
        self.assertEqual(self.export(self.price("EUR", 5)), (remote, 0))
        self.assertEqual(self.server.calls("GET", PATH), reads, "it is known now")

    def test_another_order_is_sent(self):
        euro, dollar = self.price("EUR", 5), self.price("USD", 3)
        self.set_remote(dollar, self.price("GBP", 2), euro)
        expected = [euro, dollar, self.price("GBP", 2)]
        self.assertEqual(self.export(euro, dollar), (expected, 1))

    def test_a_price_removed_in_odoo_is_removed(self):
        self.set_remote(self.price("USD", 3))
        euro, yen = self.price("EUR", 5), self.price("JPY", 9)
        self.export(euro, yen)
        self.assertEqual(self.export(yen), ([yen, self.price("USD", 3)], 1))

    def test_a_deleted_record_is_created_again(self):
        self.server.remove(PATH, self.number)
        self.prices = [self.price("EUR", 5)]
        self.binding.export_record()
        created = self.server.records(PATH)[int(self.binding.external_id)]
        self.assertEqual(created["prices"], self.prices)
