from .pantry_case import GUEST, GUESTS, PantryCase


class TestDeclaredListener(PantryCase):
    def setUp(self):
        super().setUp()
        self.record = self.guest()
        self.ada = self.imported(GUEST, self.record)

    def sent(self):
        self.run_jobs()
        return self.server.records(GUESTS)

    def test_a_change_of_the_bound_record_is_exported(self):
        self.ada.odoo_id.name = "Ada Lovelace"
        self.assertEqual(self.sent()[self.record["id"]]["name"], "Ada Lovelace")

    def test_a_change_of_a_relation_is_exported_if_a_field_of_it_is_mapped(self):
        self.ada.odoo_id.state_id = self.env.ref("base.state_us_5")
        self.assertEqual(self.sent()[self.record["id"]]["address"]["state"], "CA")

    def test_an_import_is_not_exported(self):
        self.server.change(GUESTS, self.record["id"], name="Countess")
        self.imported(GUEST, self.record)
        self.run_jobs()
        self.assertEqual(self.server.calls("PATCH", GUESTS), 0)

    def test_a_new_binding_is_exported(self):
        partner = self.env["res.partner"].create({"name": "Grace"})
        self.env[GUEST].create({"backend_id": self.backend.id, "odoo_id": partner.id})
        self.assertIn("Grace", [one["name"] for one in self.sent().values()])

    def test_a_deleted_record_is_deleted_there(self):
        self.ada.odoo_id.unlink()
        self.assertEqual(self.sent(), {})

    def test_an_unbound_record_is_kept_there(self):
        self.ada.unlink()
        self.assertEqual(len(self.sent()), 1)
