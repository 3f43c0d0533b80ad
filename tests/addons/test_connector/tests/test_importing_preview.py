import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.connector.components.mapping.trace import traced
from odoo.addons.connector.tests.common import ConnectorCase
from odoo.addons.queue_job.tests.common import trap_jobs

from .common import ShopCase
from .market_common import MarketMixin, product


@tagged("post_install", "-at_install")
class TestImportPreview(ShopCase):
    def setUp(self):
        super().setUp()
        self.shop.resources["shop.res.partner"] = {
            "P1": {"name": "Ada Lovelace", "ref": "a", "points": "0"}
        }

    def _preview(self, model="shop.res.partner", **values):
        action = self.backend.action_preview_import()
        wizard = (
            self.env[action["res_model"]]
            .with_context(**action["context"])
            .create({"model": model, **values})
        )
        return wizard.browse(wizard.action_preview()["res_id"])

    def _lines(self, wizard):
        return {
            line.name: (line.current, line.new, line.is_change, line.origin)
            for line in wizard.line_ids
        }

    def test_a_new_record_shows_all_its_values_and_what_made_them(self):
        wizard = self._preview(external_id="P1")
        self.assertIn("new record", wizard.message)
        self.assertEqual(
            self._lines(wizard),
            {
                "name": ("", "Ada Lovelace", True, "direct: 'name'"),
                "email": ("", "", True, "direct: none('email')"),
                "ref": ("", "A", True, "direct: upper('ref')"),
                "points": ("", "0", True, "direct: convert('points', int)"),
                "parent_id": (
                    "",
                    "",
                    True,
                    "direct: external_to_m2o('parent', binding='shop.res.partner')",
                ),
                "newsletter": ("", "no", True, "mapping: newsletter"),
                "backend_id": ("", "Shop", True, "mapping: backend_id"),
            },
        )

    def test_a_known_record_shows_what_would_change(self):
        self.bind_partner("P1", ref="A")
        wizard = self._preview(external_id="P1")
        self.assertEqual(wizard.message, "Fields that would change: 1")
        lines = self._lines(wizard)
        self.assertEqual(lines["name"][:3], ("Ada", "Ada Lovelace", True))
        self.assertEqual(lines["ref"][:3], ("A", "A", False))
        self.assertEqual(lines["points"][:3], ("0", "0", False))

    def test_it_is_opened_in_a_form(self):
        action = self.backend.action_preview_import()
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        with Form(wizard) as form:
            form.model = "shop.res.partner"
            form.external_id = "P1"
        form.record.action_preview()
        with Form(form.record) as form:
            self.assertIn("new record", form.message)
            self.assertEqual(form.record.line_ids[0].new, "Ada Lovelace")

    def test_nothing_is_written(self):
        binding = self.bind_partner("P1")
        partners = self.env["res.partner"].search_count([])
        mapper = self._components_registry["shop.partner.import.mapper"]

        def newsletter(mapper, record):
            partner = mapper.env["res.partner"].create({"name": "made by a mapping"})
            partner.with_delay().write({"name": "x"})
            return {"parent_id": partner.id}

        self.patch(mapper, "newsletter", newsletter)
        jobs = self.env["queue.job"].search_count([])
        wizard = self._preview(external_id="P1")
        self.assertEqual(self._lines(wizard)["parent_id"][1], "made by a mapping")
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        self.assertEqual(self.env["queue.job"].search_count([]), jobs)
        self.assertEqual(binding.name, "Ada")

    def test_a_record_can_be_pasted(self):
        payload = {"number": "SO1", "customer": "", "lines": [{"sku": "A", "qty": 1}]}
        wizard = self._preview("shop.order", payload=json.dumps(payload))
        lines = self._lines(wizard)
        self.assertEqual(lines["name"][1], "SO1")
        self.assertEqual(
            lines["line_ids"], ("", "1 changes", True, "children: 'lines'")
        )
        self.assertEqual(self.shop.calls, [])

    def test_the_last_of_several_mappings_comes_first(self):
        mapper = self._components_registry["shop.partner.import.mapper"]
        self.patch(mapper, "newsletter", lambda mapper, record: {"name": "mapped"})

        def finalize(mapper, map_record, values):
            return {**values, "name": "final"}

        self.patch(mapper, "finalize", finalize)
        line = self._lines(self._preview(external_id="P1"))["name"]
        self.assertEqual(line[1], "final")
        self.assertEqual(line[3], "finalize, mapping: newsletter, direct: 'name'")

    def test_a_mapper_that_was_watched_is_as_before(self):
        mapper = self.component("import.mapper")
        record = {"name": "Ada", "email": "", "points": 1, "parent": ""}
        with traced(mapper) as origins:
            mapper.map_record(record).values()
        seen = {name: list(made_by) for name, made_by in origins.items()}
        mapper.map_record(record).values()
        self.assertEqual(origins, seen)
        self.assertTrue(seen)

    def test_a_failure_says_what_the_import_would_fail_with(self):
        with self.assertRaisesRegex(UserError, "would fail:\nIDMissingInBackend: 'P9'"):
            self._preview(external_id="P9")
        with self.assertRaisesRegex(UserError, "MappingError: parent = 'P7'"):
            self._preview(
                payload='{"name": "A", "email": "", "points": 1, "parent": "P7"}'
            )

    def test_a_field_that_does_not_exist_is_shown(self):
        mapper = self._components_registry["shop.partner.import.mapper"]
        self.patch(mapper, "newsletter", lambda mapper, record: {"newsletters": 1})
        wizard = self._preview(external_id="P1")
        line = wizard.line_ids.filtered(lambda line: line.name == "newsletters")
        self.assertEqual(line.label, "no such field")

    def test_what_cannot_be_read_is_explained(self):
        for payload, message in (
            ("{", "not valid JSON"),
            ("[]", "single record"),
            (False, "Enter the ID or the content"),
        ):
            with self.assertRaisesRegex(UserError, message):
                self._preview(payload=payload)
        with self.assertRaisesRegex(UserError, "are numbers, got x"):
            self._preview("shop.res.partner.category", external_id="x")

    def test_only_what_the_backend_imports_is_offered(self):
        wizard = self.env["connector.import.preview"]
        context = self.backend.action_preview_import()["context"]
        names = dict(wizard.with_context(**context)._selection_model())
        self.assertLessEqual({"shop.res.partner", "shop.order"}, set(names))
        other = wizard.with_context(connector_preview_backend_model="x")
        self.assertNotIn("shop.order", dict(other._selection_model()))

    def test_it_is_for_managers(self):
        user = new_test_user(self.env, "previewer", "base.group_user")
        with self.assertRaises(AccessError):
            self.env["connector.import.preview"].with_user(user).create({})

    def test_it_needs_no_job(self):
        with trap_jobs() as trap:
            self._preview(external_id="P1")
            trap.assert_jobs_count(0)


@tagged("post_install", "-at_install")
class TestRefusedPreview(ConnectorCase, MarketMixin):
    """The preview reports database errors too."""

    def setUp(self):
        super().setUp()
        self.open_market()

    def preview(self, **values):
        action = self.market.action_preview_import()
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        payload = json.dumps(product(7, **values))
        wizard = wizard.create({"model": "market.product", "payload": payload})
        wizard.external_id = "7"
        wizard.action_preview()
        return wizard

    def test_a_new_record_that_is_refused(self):
        with self.assertRaisesRegex(UserError, "A price cannot be negative"):
            self.preview(price="-1")
        self.assertFalse(self.names())

    def test_a_change_that_is_refused(self):
        self.preview()
        values = {"backend_id": self.market.id, "external_id": 7, "name": "Cup"}
        cup = self.env["market.product"].create(values)
        with self.assertRaisesRegex(UserError, "A price cannot be negative"):
            self.preview(price="-1")
        self.assertEqual(cup.price, 0)

    def test_nothing_stays_of_what_is_tried(self):
        self.assertIn("new record", self.preview().message)
        self.assertFalse(self.names())
