"""Identity of records: IDs of any kind, match keys, merged records."""

from odoo.tests import tagged

from odoo.addons.connector.exception import InvalidDataError, MappingError

from .common import ShopCase
from .kiosk import KioskContract

MODEL = "kiosk.res.partner"


@tagged("post_install", "-at_install")
class TestIds(ShopCase):
    def setUp(self):
        super().setUp()
        self.texts = self.component("binder")
        self.numbers = self.component("binder", "shop.res.partner.category")

    def test_a_number_and_the_same_number_as_text_are_one_id(self):
        for external_id in (7, "7", 7.0):
            with self.subTest(external_id=external_id):
                self.assertEqual(self.texts.normalize_external_id(external_id), "7")
                self.assertEqual(self.numbers.normalize_external_id(external_id), 7)

    def test_texts_that_differ_in_anything_are_different_ids(self):
        ids = ["a", "A", "007", "7", "a/b", "a b", "é", "e\u0301", " a", "1_0", "10"]
        partners = self.env["res.partner"].create([{"name": i} for i in ids])
        for external_id, partner in zip(ids, partners, strict=True):
            self.bind(self.backend, "shop.res.partner", partner, external_id)
        self.env.flush_all()
        self.env.invalidate_all()
        for external_id, partner in zip(ids, partners, strict=True):
            found = self.texts.to_internal(external_id, unwrap=True)
            self.assertEqual(found, partner, external_id)

    def test_long_numbers_fit_where_ids_are_texts(self):
        binding = self.bind_partner(7318349394477056001)
        self.assertEqual(self.texts.to_internal("7318349394477056001"), binding)

    def test_long_numbers_are_refused_where_ids_are_integers(self):
        with self.assertRaisesRegex(InvalidDataError, "does not fit in the 32-bit"):
            self.numbers.to_internal(7318349394477056001)

    def test_what_an_integer_field_cannot_hold_is_refused(self):
        for external_id in ("abc", "007", "1_0", "٣", 7.5, float("nan")):
            with self.subTest(external_id=external_id):
                with self.assertRaisesRegex(
                    InvalidDataError, "not a valid external ID"
                ):
                    self.numbers.to_internal(external_id)

    def test_what_no_field_can_hold_is_refused(self):
        for external_id in ("a\0b", "\ud800", {"id": 7}, [7], float("inf")):
            with self.subTest(external_id=external_id):
                with self.assertRaisesRegex(
                    InvalidDataError, "not a valid external ID"
                ):
                    self.texts.to_internal(external_id)

    def test_a_copy_is_not_bound_to_zero(self):
        category = self.env["res.partner.category"].create({"name": "Zero"})
        zero = self.bind(self.backend, "shop.res.partner.category", category, 0)
        other = self.env["res.partner.category"].create({"name": "Other"})
        copy = zero.copy({"odoo_id": other.id, "external_id": False})
        self.assertFalse(copy.sync_date)
        self.assertEqual(self.numbers.to_internal(0), zero)

    def test_one_that_was_never_exported_is_not_bound_to_zero(self):
        category = self.env["res.partner.category"].create({"name": "New"})
        self.bind(self.backend, "shop.res.partner.category", category)
        self.assertFalse(self.numbers.to_internal(0))
        self.numbers.work.binding_cache = {}
        self.numbers.prefetch([0])
        self.assertFalse(self.numbers.to_internal(0))

    def test_several_bindings_of_an_id_are_named_page_or_not(self):
        categories = self.env["res.partner.category"].create(
            [{"name": name} for name in ("one", "other")]
        )
        for category in categories:
            self.bind(self.backend, "shop.res.partner.category", category, 7)
        with self.assertRaisesRegex(ValueError, "external ID 7"):
            self.numbers.to_internal(7)
        self.numbers.work.binding_cache = {}
        self.numbers.prefetch([7])
        with self.assertRaisesRegex(ValueError, "external ID 7"):
            self.numbers.to_internal(7)


@tagged("post_install", "-at_install")
class TestFind(KioskContract):
    allow_inherited_tests_method = False

    def setUp(self):
        super().setUp()
        with self.work_on(self.backend, MODEL) as work:
            self.mapper = work.component(usage="import.mapper")
        self.partners = self.env["res.partner"]

    def test_an_empty_key_names_nothing(self):
        self.partners.create({"name": "Without a reference"})
        for key in (None, False, "", "  "):
            with self.subTest(key=key), self.assertRaises(MappingError):
                self.mapper.find("res.partner", "ref", key, create={"name": "New"})

    def test_a_key_that_several_records_have_is_refused(self):
        self.partners.create([{"name": name, "ref": "R1"} for name in ("Ada", "Bob")])
        with self.assertRaisesRegex(MappingError, "several.*R1: Ada, Bob"):
            self.mapper.find("res.partner", "ref", "R1")

    def test_an_archived_record_does_not_make_a_key_ambiguous(self):
        ada, bob = self.partners.create(
            [{"name": name, "ref": "R1"} for name in ("Ada", "Bob")]
        )
        bob.active = False
        self.assertEqual(self.mapper.find("res.partner", "ref", "R1"), ada)

    def test_records_of_another_company_are_not_found(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.partners.create(
            {"name": "Theirs", "ref": "R1", "company_id": other.id}
        )
        with self.assertRaises(MappingError):
            self.mapper.find("res.partner", "ref", "R1")
        shared = self.partners.create({"name": "Shared", "ref": "R1"})
        self.assertEqual(self.mapper.find("res.partner", "ref", "R1"), shared)
        self.backend.company_id = other
        shared.unlink()
        self.assertEqual(
            self.mapper_of_backend().search_by("res.partner", "ref", "R1"), foreign
        )

    def mapper_of_backend(self):
        with self.work_on(self.backend, MODEL) as work:
            return work.component(usage="import.mapper")


@tagged("post_install", "-at_install")
class TestMatch(KioskContract):
    allow_inherited_tests_method = False

    def setUp(self):
        super().setUp()
        self.system = self.fake_adapter(self.backend, MODEL)
        with self.work_on(self.backend, MODEL) as work:
            self.importer = type(work.component(usage="record.importer"))
            mapper = type(work.component(usage="import.mapper"))
        self.patch(self.importer, "_match_field", "email")
        self.patch(mapper, "direct", [("name", "name"), ("email", "email")])
        self.partners = self.env["res.partner"]

    def import_guest(self, external_id="7", **values):
        values = {"name": "Ada", "email": "ada@example.com", "country": "BE", **values}
        self.system.records[external_id] = {"updated_at": "1", **values}
        self.env[MODEL].import_record(self.backend, external_id)
        return self.env[MODEL].search([("external_id", "=", external_id)])

    def test_a_match_gets_the_values_of_the_other_system(self):
        ours = self.partners.create({"name": "Ours", "email": "ADA@example.com"})
        guest = self.import_guest()
        self.assertEqual(guest.odoo_id, ours)
        self.assertEqual((ours.name, ours.country_id.code), ("Ada", "BE"))

    def test_a_match_keeps_values_that_are_then_exported(self):
        self.patch(self.importer, "_match_policy", "odoo")
        ours = self.partners.create({"name": "Ours", "email": "ada@example.com"})
        guest = self.import_guest()
        self.assertEqual(guest.odoo_id, ours)
        self.assertEqual(ours.name, "Ours")
        self.run_jobs()
        self.assertEqual(self.system.records["7"]["name"], "Ours")

    def test_a_record_of_another_company_is_no_match(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.partners.create(
            {"name": "Theirs", "email": "ada@example.com", "company_id": other.id}
        )
        self.assertNotEqual(self.import_guest().odoo_id, foreign)
        self.assertEqual(foreign.name, "Theirs")

    def test_several_matches_are_refused_with_their_names(self):
        self.partners.create(
            [{"name": name, "email": "ada@example.com"} for name in ("One", "Other")]
        )
        with self.assertRaisesRegex(MappingError, "One, Other"):
            self.import_guest()

    def test_nothing_matches_an_empty_value(self):
        self.partners.create({"name": "Ours", "email": False})
        self.assertEqual(self.import_guest(email="").odoo_id.name, "Ada")
        self.assertEqual(self.partners.search_count([("name", "=", "Ours")]), 1)


@tagged("post_install", "-at_install")
class TestMerge(KioskContract):
    allow_inherited_tests_method = False

    def setUp(self):
        super().setUp()
        guests = {
            n: {"name": f"Guest {n}", "country": "BE", "updated_at": "1"} for n in "12"
        }
        self.system = self.fake_adapter(self.backend, MODEL, guests)
        for external_id in guests:
            self.import_guest(external_id)
        self.one, self.two = self.guests().mapped("odoo_id").sorted("id")

    def guests(self):
        return self.env[MODEL].search(
            [("backend_id", "=", self.backend.id)], order="external_id"
        )

    def import_guest(self, external_id, **kwargs):
        return self.env[MODEL].import_record(self.backend, external_id, **kwargs)

    def merge(self, target):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.one + self.two).ids, target)
        self.env.invalidate_all()

    def test_the_next_import_does_not_make_a_merged_record_again(self):
        self.merge(self.one)
        self.assertEqual(self.guests().mapped("external_id"), ["1"])
        self.system.records["2"].update(name="Changed", updated_at="2")
        self.assertIn("Merged into Guest 1", self.import_guest("2"))
        self.assertEqual(self.guests().mapped("name"), ["Guest 1"])
        self.import_guest("1")
        self.assertEqual(self.guests().odoo_id, self.one)

    def test_a_binding_moves_to_a_record_that_has_none(self):
        self.guests()[0].with_context(connector_no_export=True).unlink()
        self.merge(self.one)
        self.assertEqual(self.guests().mapped("external_id"), ["2"])
        self.assertEqual(self.guests().odoo_id, self.one)

    def test_what_was_merged_is_imported_on_demand_or_when_the_record_is_gone(self):
        self.merge(self.one)
        self.import_guest("2", force=True)
        self.assertEqual(self.guests().mapped("external_id"), ["1", "2"])
        self.guests().with_context(connector_no_export=True).unlink()
        self.one.unlink()
        self.import_guest("2")
        self.assertEqual(self.guests().mapped("external_id"), ["2"])
