from odoo.tests import tagged

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestBinder(ShopCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, some_key=1))
        cls.partner = cls.env["res.partner"].create({"name": "Ada"})

    def setUp(self):
        super().setUp()
        self.binder = self.component("binder")
        self.binding = self.bind(self.backend, "shop.res.partner", self.partner)

    def test_an_external_id_leads_to_the_binding_and_to_the_record(self):
        self.binder.bind("A", self.binding)
        self.assertEqual(self.binder.to_internal("A"), self.binding)
        self.assertEqual(self.binder.to_internal("A", unwrap=True), self.partner)

    def test_a_binding_or_a_record_leads_to_the_external_id(self):
        self.binder.bind("A", self.binding)
        for binding in (self.binding, self.binding.id):
            self.assertEqual(self.binder.to_external(binding), "A")
        for partner in (self.partner, self.partner.id):
            self.assertEqual(self.binder.to_external(partner, wrap=True), "A")

    def test_what_is_not_bound_has_no_external_id(self):
        other = self.env["res.partner"].create({"name": "Bob"})
        self.assertIsNone(self.binder.to_external(other, wrap=True))
        self.assertFalse(self.binder.to_external(self.binding))

    def test_an_unknown_id_is_an_empty_recordset_of_the_right_model(self):
        self.assertEqual(self.binder.to_internal("?"), self.binding.browse())
        self.assertEqual(
            self.binder.to_internal("?", unwrap=True), self.partner.browse()
        )

    def test_empty_ids_find_nothing_although_some_bindings_have_none(self):
        other = self.env["res.partner"].create({"name": "Bob"})
        self.bind(self.backend, "shop.res.partner", other)
        for value in (None, False, True, ""):
            with self.subTest(value=value):
                self.assertEqual(self.binder.to_internal(value), self.binding.browse())
                self.assertEqual(
                    self.binder.to_internal(value, unwrap=True), self.partner.browse()
                )

    def test_empty_ids_cannot_be_bound(self):
        for value in (None, False, True, ""):
            with self.subTest(value=value), self.assertRaises(AssertionError):
                self.binder.bind(value, self.binding)
        with self.assertRaises(AssertionError):
            self.binder.bind("A", None)
        with self.assertRaises(AssertionError):
            self.binder.bind("A", self.binding.browse())
        self.assertFalse(self.binding.sync_date)

    def test_an_id_that_reads_zero_is_one(self):
        categories = self.env["res.partner.category"].create(
            [{"name": name} for name in ("zero", "never exported", "neither")]
        )
        zero, *_others = bindings = [
            self.bind(self.backend, "shop.res.partner.category", category)
            for category in categories
        ]
        binder = self.component("binder", "shop.res.partner.category")
        binder.bind(0, zero)
        self.assertEqual(len(bindings), 3)
        self.assertEqual(binder.to_internal(0), zero)
        self.assertEqual(binder.to_internal(0, unwrap=True), categories[0])
        self.assertEqual(binder.to_external(zero), 0)

    def test_zero_is_text_where_ids_are_texts(self):
        self.binder.bind(0, self.binding)
        self.assertEqual(self.binding.external_id, "0")
        self.assertEqual(self.binder.to_internal(0), self.binding)

    def test_results_have_the_context_of_the_binder(self):
        self.binder.bind("A", self.binding)
        for external_id in ("A", "?", None):
            for unwrap in (False, True):
                record = self.binder.to_internal(external_id, unwrap=unwrap)
                self.assertEqual(record.env.context, self.binder.env.context)

    def test_archived_bindings_count(self):
        self.binder.bind("A", self.binding)
        self.binding.active = False
        self.assertEqual(self.binder.to_internal("A"), self.binding)
        self.assertEqual(self.binder.to_external(self.partner, wrap=True), "A")

    def test_bindings_of_other_backends_do_not_count(self):
        other = self.env["shop.backend"].create({"name": "Other"})
        binding = self.bind(other, "shop.res.partner", self.partner, "A")
        self.assertFalse(self.binder.to_internal("A"))
        self.binder.bind("A", self.binding)
        self.assertEqual(self.binder.to_internal("A"), self.binding)
        self.assertNotEqual(self.binder.to_internal("A"), binding)

    def test_one_id_for_two_bindings_is_an_error(self):
        categories = self.env["res.partner.category"].create(
            [{"name": name} for name in ("one", "other")]
        )
        for category in categories:
            self.bind(self.backend, "shop.res.partner.category", category, 7)
        with self.assertRaises(ValueError):
            self.component("binder", "shop.res.partner.category").to_internal(7)

    def test_binding_notes_when_and_exports_nothing(self):
        contexts = []
        write = self.env.registry["shop.res.partner"].write

        def spy(records, vals):
            contexts.append(records.env.context)
            return write(records, vals)

        self.patch(self.env.registry["shop.res.partner"], "write", spy)
        self.binder.bind("A", self.binding.id)
        self.assertEqual(self.binding.external_id, "A")
        self.assertTrue(self.binding.sync_date)
        self.assertTrue(contexts[0].get("connector_no_export"))

    def test_a_binding_is_unwrapped(self):
        for binding in (self.binding, self.binding.id):
            self.assertEqual(self.binder.unwrap_binding(binding), self.partner)
        self.assertEqual(self.binder.unwrap_model(), "res.partner")

    def test_only_one_binding_is_unwrapped(self):
        with self.assertRaises(ValueError):
            self.binder.unwrap_binding(self.binding.browse())

    def test_a_binding_of_nothing_else_is_what_it_binds(self):
        self.patch(type(self.binder), "_odoo_field", "id")
        self.binder.bind("A", self.binding)
        self.assertEqual(self.binder.unwrap_binding(self.binding), self.binding)
        self.assertEqual(self.binder.unwrap_model(), "shop.res.partner")
        self.assertEqual(self.binder.to_internal("A", unwrap=True), self.binding)
        self.assertEqual(self.binder.to_external(self.binding, wrap=True), "A")

    def test_a_model_that_binds_nothing_is_named(self):
        self.patch(type(self.binder), "_odoo_field", "record_id")
        with self.assertRaisesRegex(ValueError, r"shop\.res\.partner.*record_id"):
            self.binder.unwrap_model()

    def test_the_binder_of_another_model_is_found_by_name_or_record(self):
        for model in (
            "shop.res.partner.category",
            self.env["shop.res.partner.category"],
        ):
            self.assertEqual(
                self.binder.binder_for(model).model._name, "shop.res.partner.category"
            )
        self.assertEqual(self.binder.binder_for().model._name, "shop.res.partner")

    def test_binders_and_mappers_inherit_from_the_base_of_connectors_only(self):
        registry = self.binder.work.components_registry
        for name in ("base.binder", "base.mapper"):
            self.assertEqual(registry[name]._inherit, "base.connector")

    def test_bindings_found_or_created_are_cached_if_requested(self):
        self.binder.bind("A", self.binding)
        self.binder.work.binding_cache = known = {}
        self.assertEqual(self.binder.to_internal("A"), self.binding)
        with self.assertQueryCount(0):
            self.assertEqual(self.binder.to_internal("A"), self.binding)
        self.binder.bind("B", self.binding)
        self.assertEqual(known["shop.res.partner", "B"], self.binding)

    def test_ids_given_as_numbers_are_cached_as_text(self):
        self.binder.bind(7, self.binding)
        self.binder.work.binding_cache = {}
        self.binder.prefetch([7, 8])
        with self.assertQueryCount(0):
            self.assertEqual(self.binder.to_internal(7), self.binding)
            self.assertFalse(self.binder.to_internal(8))
