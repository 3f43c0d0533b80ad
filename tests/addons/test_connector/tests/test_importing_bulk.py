"""The failure of one record does not affect others."""

import math

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.connector.components.mapper import external_to_m2o, optional
from odoo.addons.connector.database import pg_try_advisory_lock
from odoo.addons.connector.exception import (
    DependencyError,
    IDMissingInBackend,
    InvalidDataError,
    MappingError,
)
from odoo.addons.connector.exceptions_http import (
    RemoteAccessDenied,
    RemoteCallFailed,
    RemoteInvalidData,
    RemoteProtocolError,
    RemoteUnavailable,
)

from .kiosk import KioskContract

MODEL = "kiosk.res.partner"
CONNECTOR = "odoo.addons.connector.components"


class IsolationCase(KioskContract):
    """Pages of guests whose ``needs`` are imported before them."""

    allow_inherited_tests_method = False

    def setUp(self):
        super().setUp()
        self.system = self.fake_adapter(self.backend, MODEL)
        self.run_ = self.env["connector.sync.run"].create(
            {
                "backend_model": self.backend._name,
                "backend_id": self.backend.id,
                "direction": "import",
                "model": MODEL,
            }
        )
        with self.work_on(self.backend, MODEL) as work:
            self.importer = type(work.component(usage="record.importer"))
            self.mapper = type(work.component(usage="import.mapper"))
        self.patch(
            self.importer,
            "_dependencies",
            lambda importer, record: [(i, MODEL) for i in record.get("needs", ())],
        )
        parent = (external_to_m2o("parent", binding=MODEL), "parent_id")
        self.patch(self.mapper, "direct", [("name", "name"), parent])
        self.reads = []

    def guest(self, external_id, **values):
        values = {"name": f"Guest {external_id}", "country": "BE", **values}
        return {"id": external_id, "parent": None, **values}

    def add_remote(self, *guests):
        self.system.records.update({guest["id"]: guest for guest in guests})

    def refuse(self, external_id, error):
        """Make the external system fail for one record."""
        read = self.system.read

        def refusing(requested):
            self.reads.append(requested)
            if requested == external_id:
                raise error
            return read(requested)

        self.system.read = refusing

    def import_page(self, *guests, batch="generic.batch.importer"):
        """Import a page, as a job does; return the failed IDs with their reason."""
        context = {"connector_sync_run": self.run_.id, "job_uuid": "a-job"}
        backend = self.backend.with_context(**context)
        with mute_logger(f"{CONNECTOR}.importer_batch", "odoo.sql_db"):
            with backend.work_on(MODEL) as work:
                importer = work.component_by_name(batch)
                page = list(guests), []
                adapter = type("Page", (), {"read_page": lambda *args: page})()
                adapter._id_key = "id"
                importer._backend_adapter = adapter
                importer.run()
        failed = self.run_.line_ids.filtered(lambda line: line.kind == "failed")
        return {line.external_id: line.reason for line in failed}

    def imported(self):
        return sorted(self.external_ids(MODEL))

    def own_jobs(self):
        jobs = self.env["queue.job"].search([("method_name", "=", "import_record")])
        return sorted(job.args[1] for job in jobs)


@tagged("post_install", "-at_install")
class TestRecordsOfAPage(IsolationCase):
    def both_ways(self):
        for batch in ("generic.batch.importer", "generic.bulk.importer"):
            self.run_.line_ids.unlink()
            self.bindings(MODEL).unlink()
            yield batch

    def test_any_content_of_a_failed_record_can_be_noted(self):
        deep = []
        for _level in range(5000):
            deep = [deep]
        contents = [math.nan, -math.inf, "a\0b", "\ud800", {"\0": 1}, {1, 2}, deep]
        for batch in self.both_ways():
            for content in contents:
                bad = self.guest("2", country="Atlantis", content=content)
                failed = self.import_page(
                    self.guest("1"), bad, self.guest("3"), batch=batch
                )
                self.assertIn("Atlantis", failed["2"])
                self.assertEqual(self.imported(), ["1", "3"])

    def test_a_reason_with_what_cannot_be_stored_is_noted(self):

        def finalize(mapper, map_record, values):
            raise MappingError(map_record.source["name"])

        self.patch(self.mapper, "finalize", finalize)
        failed = self.import_page(self.guest("1", name="B\0\ud800"))
        self.assertIn(r"B\x00\ud800", failed["1"])

    def test_a_record_without_an_id_stays_failed(self):
        for batch in self.both_ways():
            nobody = (
                self.guest(None),
                {"name": "no id"},
                self.guest(""),
                self.guest(False),
            )
            self.import_page(*nobody, self.guest(0), batch=batch)
            failed = self.run_.line_ids
            self.assertEqual(len(failed), 4)
            self.assertFalse(any(failed.mapped("resolved")))
            self.assertEqual(self.imported(), ["0"])

    def test_an_id_that_cannot_be_held_fails_its_record(self):
        self.import_page(self.guest({"a": 1}), self.guest("1"), self.guest("\0"))
        self.assertEqual(len(self.run_.line_ids), 2)
        self.assertEqual(self.imported(), ["1"])

    def test_a_record_received_twice_is_imported_once_and_the_newest_wins(self):
        for batch in self.both_ways():
            self.import_page(
                self.guest("1", updated_at="2", name="New"),
                self.guest(1, updated_at="1", name="Old"),
                batch=batch,
            )
            self.assertEqual(self.bindings(MODEL).mapped("name"), ["New"])

    def test_duplicate_bindings_fail_their_record(self):
        # As before the constraint existed.
        self.env.cr.execute("DROP INDEX kiosk_res_partner_external_unique")
        self.env.cr.execute("DROP INDEX IF EXISTS kiosk_res_partner__external_unique")
        for name in ("One", "Other"):
            partner = self.env["res.partner"].create({"name": name})
            self.bind(self.backend, MODEL, partner, "2")
        failed = self.import_page(self.guest("1"), self.guest("2"), self.guest("3"))
        self.assertIn("Several records", failed["2"])
        self.assertEqual(self.imported(), ["1", "2", "2", "3"])

    def test_a_record_that_is_locked_goes_to_a_job_of_its_own(self):
        for batch in self.both_ways():
            self.env["queue.job"].search([]).unlink()
            lock = f"import(kiosk.backend, {self.backend.id}, {MODEL}, 2)"
            with self.env.registry._db.cursor() as cr:
                self.assertTrue(pg_try_advisory_lock(self.env(cr=cr), lock))
                page = [self.guest(i) for i in "123"]
                self.assertEqual(self.import_page(*page, batch=batch), {})
            self.assertEqual(self.imported(), ["1", "3"])
            self.assertEqual(self.own_jobs(), ["2"])


@tagged("post_install", "-at_install")
class TestDependencies(IsolationCase):
    def test_a_rejected_one_fails_only_the_records_that_need_it(self):
        for error in (
            RemoteAccessDenied("403: not for you"),
            RemoteInvalidData("422: not so"),
            RemoteProtocolError("<html>"),
        ):
            with self.subTest(error=error):
                self.run_.line_ids.unlink()
                self.refuse("x", error)
                failed = self.import_page(
                    self.guest("1"), self.guest("2", needs=["x"]), self.guest("3")
                )
                self.assertEqual(list(failed), ["2"])
                self.assertIn("Kiosk Guest x", failed["2"])
                self.assertIn(str(error), failed["2"])
                self.assertEqual(self.imported(), ["1", "3"])
                self.bindings(MODEL).unlink()

    def test_one_that_cannot_be_mapped_is_named(self):
        self.add_remote(self.guest("x", country="Atlantis"))
        failed = self.import_page(self.guest("1"), self.guest("2", needs=["x"]))
        self.assertIn("Requires Kiosk Guest x, which cannot be imported", failed["2"])
        self.assertIn("Atlantis", failed["2"])

    def test_a_temporary_failure_delays_the_records_that_need_it(self):
        self.refuse("x", RemoteCallFailed("500: out of order", seconds=(5, 6)))
        page = self.guest("1"), self.guest("2", needs=["x"]), self.guest("3")
        self.assertEqual(self.import_page(*page), {})
        self.assertEqual(self.imported(), ["1", "3"])
        self.assertEqual(self.own_jobs(), ["2"])

    def test_a_system_that_cannot_be_reached_is_waited_for_by_the_page(self):
        self.refuse("x", RemoteUnavailable("nobody there"))
        with self.assertRaises(RemoteUnavailable):
            self.import_page(self.guest("1"), self.guest("2", needs=["x"]))

    def test_a_missing_one_is_named_and_requested_once(self):
        self.refuse("x", IDMissingInBackend("404"))
        needing = [self.guest(i, needs=["x"]) for i in "123"]
        failed = self.import_page(self.guest("0"), *needing)
        self.assertEqual(list(failed), ["1", "2", "3"])
        self.assertEqual(
            failed["1"],
            "Requires Kiosk Guest x, which does not exist in Contract (404).",
        )
        self.assertEqual(self.reads, ["x"])

    def test_zero_that_is_gone_means_none(self):
        self.refuse(0, IDMissingInBackend("404"))
        self.assertEqual(self.import_page(self.guest("1", needs=[0])), {})
        self.assertEqual(self.imported(), ["1"])

    def test_zero_can_be_one(self):
        self.add_remote(self.guest(0))
        self.import_page(self.guest("1", needs=[0], parent=0))
        self.assertEqual(self.imported(), ["0", "1"])

    def test_a_record_alone_tells_what_it_needs(self):
        self.add_remote(self.guest("1", needs=["x"]))
        result = self.env[MODEL].import_record(self.backend, "1")
        self.assertIn("Requires Kiosk Guest x", result)
        with self.assertRaises(DependencyError):
            model = self.env[MODEL].with_context(job_uuid="a-job")
            model.import_record(self.backend, "1")


@tagged("post_install", "-at_install")
class TestCycles(IsolationCase):
    def setUp(self):
        super().setUp()
        self.refuse(None, None)

    def test_two_that_need_each_other_are_fetched_once_and_refer_to_each_other(self):
        two = self.guest("2", needs=["1"], parent="1")
        self.add_remote(two)
        for batch in ("generic.batch.importer", "generic.bulk.importer"):
            with self.subTest(batch=batch):
                one = self.guest("1", needs=["2"])
                self.assertEqual(self.import_page(one, batch=batch), {})
                by_id = {b.external_id: b for b in self.bindings(MODEL)}
                self.assertEqual(by_id["2"].parent_id, by_id["1"].odoo_id)
                self.assertEqual(set(self.reads), {"2"})
                self.bindings(MODEL).odoo_id.unlink()

    def test_one_that_needs_itself_is_fetched_once_and_refused_with_a_reason(self):
        self.add_remote(self.guest("1", needs=["1"], parent="1"))
        with self.assertRaisesRegex(ValidationError, "recursive"):
            self.env[MODEL].import_record(self.backend, "1")
        self.assertEqual(self.reads, ["1"])

    def test_a_reference_that_is_required_is_refused_with_a_reason(self):
        self.add_remote(self.guest("2", needs=["1"], parent="1"))
        self.patch(self.env[MODEL]._fields["parent_id"], "required", True)
        failed = self.import_page(self.guest("1", needs=["2"]))
        self.assertIn("Neither can be created first", failed["1"])

    def test_a_row_of_records_without_an_end_is_cut_off(self):
        self.add_remote(*(self.guest(str(n), needs=[str(n + 1)]) for n in range(100)))
        failed = self.import_page(self.guest("0", needs=["1"]), self.guest("a"))
        self.assertIn("Dependency chain of more than 30 records", failed["0"])
        self.assertEqual(self.imported(), ["a"])
        self.assertLess(len(self.reads), 35)


@tagged("post_install", "-at_install")
class TestMissingKeys(IsolationCase):
    def setUp(self):
        super().setUp()
        self.patch(self.mapper, "direct", [("name", "name"), ("city", "city")])

    def test_a_missing_key_leaves_the_field_unchanged_and_is_reported_once(self):
        for batch in ("generic.batch.importer", "generic.bulk.importer"):
            self.run_.line_ids.unlink()
            self.import_page(*(self.guest(i, city="Gent") for i in "12"), batch=batch)
            for _page in range(2):
                self.import_page(*map(self.guest, "12"), batch=batch)
            self.assertEqual(self.bindings(MODEL).mapped("city"), ["Gent", "Gent"])
            self.assertIn("“city”: City keeps its value", self.run_.line_ids.reason)

    def test_an_empty_key_empties_the_field(self):
        self.import_page(self.guest("1", city="Gent"))
        self.import_page(self.guest("1", city=None))
        self.assertFalse(self.bindings(MODEL).city)

    def test_a_key_that_some_records_have_is_not_reported(self):
        self.import_page(self.guest("1", city="Gent"), self.guest("2"))
        self.assertFalse(self.run_.line_ids)

    def test_a_key_that_is_optional_empties_the_field(self):
        self.patch(
            self.mapper, "direct", [("name", "name"), (optional("city"), "city")]
        )
        self.import_page(self.guest("1", city="Gent"))
        self.import_page(self.guest("1"))
        self.assertFalse(self.bindings(MODEL).city)
        self.assertFalse(self.run_.line_ids)

    def test_an_import_of_one_record_tells_it(self):
        self.add_remote(self.guest("1"))
        result = self.env[MODEL].import_record(self.backend, "1")
        self.assertIn("None of the received records has the key “city”", result)


@tagged("post_install", "-at_install")
class TestOneRecord(IsolationCase):
    def test_html_that_odoo_sanitizes_is_the_same_the_next_time(self):
        html = "<p onclick='x'>Hi <b>you</b><br></p><script>bad()</script>"
        self.patch(self.mapper, "direct", [("name", "name"), ("html", "comment")])
        self.add_remote(self.guest("1", html=html))
        self.env[MODEL].import_record(self.backend, "1")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertIn(
            "unchanged", self.env[MODEL].import_record(self.backend, "1").lower()
        )

    def test_moments_are_stored_in_seconds(self):
        with self.work_on(self.backend, MODEL) as work:
            mapper = work.component(usage="import.mapper")
        moment = mapper.parse_datetime("2026-01-31T13:00:00.987654+01:00")
        self.assertEqual(moment.isoformat(), "2026-01-31T12:00:00")

    def test_a_record_without_an_id_is_refused(self):
        for external_id in (None, "", False):
            with self.assertRaises(InvalidDataError):
                self.env[MODEL].import_record(self.backend, external_id)

    def test_an_unknown_relation_is_still_refused(self):
        self.add_remote(self.guest("1", parent="x"))
        with self.assertRaisesRegex(MappingError, "Import it first"):
            self.env[MODEL].import_record(self.backend, "1")
