from odoo.tests import TransactionCase, new_test_user

from odoo.addons.component.tests.common import ComponentMixin

MODULE = "test_derived_records"
GROUPS = {
    "employee": "base.group_user",
    "user": "connector.group_connector_user",
    "manager": "connector.group_connector_manager",
}


class MuseumCase(TransactionCase, ComponentMixin):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpComponent()
        cls.users = {
            name: new_test_user(cls.env, f"museum {name}", groups)
            for name, groups in GROUPS.items()
        }
        cls.museum = cls.env["museum.backend"].create(
            {"name": "Louvre", "location": "https://louvre.example", "api_key": "key"}
        )
        cls.contact = cls.env["res.partner"].create({"name": "Mona"})
        values = {"backend_id": cls.museum.id, "external_id": "7"}
        cls.card = cls.env["museum.res.partner"].create(
            {"odoo_id": cls.contact.id, **values}
        )
        cls.piece = cls.env["museum.piece"].create({"name": "Lisa", **values})

    def record(self, name):
        return self.env.ref(f"{MODULE}.{name}", raise_if_not_found=False)
