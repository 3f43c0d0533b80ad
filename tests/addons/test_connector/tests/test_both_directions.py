"""Imports and exports of one record do not overwrite each other."""

from odoo.tests import tagged

from .kiosk import KioskContract

MODEL = "kiosk.res.partner"


class BothDirectionsCase(KioskContract):
    allow_inherited_tests_method = False

    def setUp(self):
        super().setUp()
        self.system = self.fake_adapter(self.backend, MODEL)
        self.system.records["7"] = {
            "name": "Ada",
            "city": "London",
            "country": "BE",
            "updated_at": "1",
        }
        pairs = [("name", "name"), ("city", "city")]
        for usage in ("import.mapper", "export.mapper"):
            with self.work_on(self.backend, MODEL) as work:
                self.patch(type(work.component(usage=usage)), "direct", pairs)
        self.import_guest()
        self.guest = self.env[MODEL].search([("external_id", "=", "7")])

    def import_guest(self, **kwargs):
        return self.env[MODEL].import_record(self.backend, "7", **kwargs)

    def change_remote(self, version, **values):
        self.system.records["7"].update(values, updated_at=version)

    def change_here(self, **values):
        """Write as a user, with active listeners."""
        self.guest.odoo_id.write(values)
        self.guest.delay_export(list(values))

    def remote(self, key="name"):
        return self.system.records["7"][key]


@tagged("post_install", "-at_install")
class TestPending(BothDirectionsCase):
    def test_what_waits_for_export_is_kept_and_sent_the_rest_arrives(self):
        self.change_here(name="Countess")
        self.change_remote("2", city="Paris")
        self.import_guest()
        self.assertEqual((self.guest.name, self.guest.city), ("Countess", "Paris"))
        self.run_jobs()
        self.assertEqual((self.remote(), self.remote("city")), ("Countess", "Paris"))

    def test_where_all_fields_wait_none_of_them_is_overwritten(self):
        self.guest.odoo_id.name = "Countess"
        self.guest.delay_export()
        self.change_remote("2", city="Paris")
        self.import_guest()
        self.assertEqual((self.guest.name, self.guest.city), ("Countess", "London"))

    def test_what_does_not_wait_any_more_is_overwritten(self):
        self.change_here(name="Countess")
        self.run_jobs()
        self.change_remote("2", name="Duchess")
        self.import_guest()
        self.assertEqual(self.guest.name, "Duchess")

    def test_what_was_sent_without_its_job_does_not_wait_any_more(self):
        for fields in (None, ["name"]):
            with self.subTest(fields=fields):
                self.change_here(name="Countess")
                self.guest.export_record(fields)
                self.change_remote(f"2-{fields}", name="Duchess")
                self.import_guest()
                self.assertEqual(self.guest.name, "Duchess")

    def test_what_waits_and_was_not_sent_is_kept(self):
        self.change_here(name="Countess")
        self.guest.export_record(["city"])
        self.change_remote("2", name="Duchess")
        self.import_guest()
        self.assertEqual(self.guest.name, "Countess")

    def test_a_field_changed_on_both_sides_is_reported(self):
        self.change_here(name="Countess")
        self.change_remote("2", name="Duchess")
        self.assertIn(
            "Changed both in Odoo and in the external system: Name", self.import_guest()
        )
        self.run_jobs()
        self.assertEqual((self.guest.name, self.remote()), ("Countess", "Countess"))

    def test_a_field_the_other_system_did_not_change_is_no_conflict(self):
        self.guest.export_record()
        self.change_here(name="Countess")
        self.change_remote("2", city="Paris")
        self.assertNotIn("both sides", self.import_guest())

    def test_a_conflict_is_a_line_of_the_run(self):
        self.change_here(name="Countess")
        record = {"id": "7", "name": "Duchess", "city": "London", "country": "BE"}
        run = self.env["connector.sync.run"].create(
            {
                "backend_model": self.backend._name,
                "backend_id": self.backend.id,
                "direction": "import",
                "model": MODEL,
            }
        )
        guests = self.env[MODEL].with_context(connector_sync_run=run.id)
        for batch_importer in ("generic.batch.importer", "generic.bulk.importer"):
            run.line_ids.unlink()
            with self.work_on(self.backend.with_env(guests.env), MODEL) as work:
                work.binding_cache = {}
                batch = work.component_by_name(batch_importer)
                batch.backend_adapter._id_key = "id"
            (result,) = batch._import_page([record])
            run._count([result])
            self.assertEqual(run.line_ids.external_id, "7")
            self.assertIn(
                "Changed both in Odoo and in the external system: Name",
                run.line_ids.reason,
            )
        self.assertEqual(self.guest.name, "Countess")


@tagged("post_install", "-at_install")
class TestMemory(BothDirectionsCase):
    """What the exports know of the external system."""

    def test_a_value_set_again_after_an_import_is_sent(self):
        self.change_here(name="Countess")
        self.run_jobs()
        self.change_remote("2", name="Ada")
        self.import_guest()
        self.change_here(name="Countess")
        self.run_jobs()
        self.assertEqual(self.remote(), "Countess")

    def test_a_value_that_came_is_not_sent_back(self):
        self.guest.export_record()
        self.change_remote("2", name="Countess")
        self.import_guest()
        self.system.calls.clear()
        self.guest.export_record()
        self.assertEqual([call[0] for call in self.system.calls], [])

    def test_a_value_that_was_kept_is_sent_although_it_was_sent_before(self):
        self.guest.export_record()
        self.change_here(name="Countess")
        self.change_remote("2", name="Duchess")
        self.import_guest()
        self.guest.odoo_id.name = "Ada"
        self.run_jobs()
        self.assertEqual(self.remote(), "Ada")

    def test_an_export_mapping_that_fails_does_not_stop_the_import(self):
        self.guest.export_record()
        with self.work_on(self.backend, MODEL) as work:
            mapper = type(work.component(usage="export.mapper"))
        self.patch(mapper, "finalize", lambda *args: 1 / 0)
        self.change_remote("2", name="Countess")
        self.import_guest()
        self.assertEqual(self.guest.name, "Countess")
        self.assertFalse(self.guest.exported_digests)


@tagged("post_install", "-at_install")
class TestVersions(BothDirectionsCase):
    def deliver(self, version, name, **kwargs):
        """Import as a webhook that contains the record."""
        record = {**self.system.records["7"], "name": name, "updated_at": version}
        with self.work_on(self.backend, MODEL) as work:
            importer = work.component(usage="record.importer")
            importer.run("7", record=record, **kwargs)
        return self.guest.name

    def test_an_older_version_does_not_replace_a_newer_one(self):
        for newer, older in (
            ("10", "9"),
            (30, 20),
            ("2026-01-01T10:00:00+02:00", "2026-01-01T07:59:59Z"),
            ("2026-03-01T00:00:00.5Z", "2026-03-01T00:00:00.123456Z"),
        ):
            with self.subTest(newer=newer, older=older):
                self.guest.external_version = False
                self.assertEqual(self.deliver(newer, "New"), "New")
                self.assertEqual(self.deliver(older, "Old"), "New")

    def test_versions_in_no_order_are_taken_as_they_come(self):
        self.assertEqual(self.deliver("etag-b", "New"), "New")
        self.assertEqual(self.deliver("etag-a", "Newer"), "Newer")
        with self.work_on(self.backend, MODEL) as work:
            importer = type(work.component(usage="record.importer"))
        self.patch(importer, "_version_type", "etag")
        self.assertEqual(self.deliver("9", "New"), "New")
        self.assertEqual(self.deliver("8", "Newer"), "Newer")

    def test_an_older_version_is_taken_on_demand(self):
        self.deliver("3", "New")
        self.assertEqual(self.deliver("2", "Old", force=True), "Old")

    def test_a_number_is_the_same_version_as_its_text(self):
        self.deliver(3, "New")
        self.assertEqual(self.deliver(3, "Changed without a new version"), "New")


@tagged("post_install", "-at_install")
class TestReadBeforeWrite(BothDirectionsCase):
    """Lists that the external system replaces as a whole."""

    def setUp(self):
        super().setUp()
        with self.work_on(self.backend, MODEL) as work:
            self.exporter = type(work.component(usage="record.exporter"))
            mapper = type(work.component(usage="export.mapper"))
        self.items = [1, 2]

        def finalize(mapper, map_record, values):
            return {**values, "tags": self.items}

        self.patch(mapper, "finalize", finalize)

    def export(self, *items):
        self.items = list(items)
        self.guest.export_record()
        return self.remote("tags")

    def test_items_that_odoo_does_not_know_stay(self):
        self.patch(self.exporter, "_read_before_write", ["tags"])
        self.system.records["7"]["tags"] = [{"id": 9, "label": "theirs"}]
        self.assertEqual(self.export(1, 2), [1, 2, 9])

    def test_items_taken_away_in_odoo_go(self):
        self.patch(self.exporter, "_read_before_write", ["tags"])
        self.system.records["7"]["tags"] = [9]
        self.export(1, 2)
        self.assertEqual(self.export(2), [2, 9])

    def test_items_are_identified_by_the_declared_key(self):
        self.patch(self.exporter, "_read_before_write", {"tags": "currency"})
        self.system.records["7"]["tags"] = [
            {"id": 1, "currency": "USD", "amount": 3},
            {"id": 2, "currency": "EUR", "amount": 4},
        ]
        euro = {"currency": "EUR", "amount": 5}
        usd = {"id": 1, "currency": "USD", "amount": 3}
        self.assertEqual(self.export(euro), [usd, {"id": 2, **euro}])

    def test_all_lists_and_dicts_can_be_declared(self):
        self.patch(self.exporter, "_read_before_write", True)
        self.system.records["7"]["tags"] = [9]
        self.assertEqual(self.export(1), [1, 9])

    def test_without_it_the_list_is_replaced(self):
        self.system.records["7"]["tags"] = [9]
        self.assertEqual(self.export(1), [1])
