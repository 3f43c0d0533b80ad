"""Runs of a model are executed one at a time, and always end."""

from odoo.exceptions import ConcurrencyError
from odoo.tools import mute_logger

from odoo.addons.connector.exception import IncompleteListError

from .kiosk_case import GUEST, PATH, KioskCase


class TestEndOfRuns(KioskCase):
    def jobs(self, run):
        return self.env["queue.job"].search([("sync_run_id", "=", run.id)])

    def test_a_run_without_jobs_is_done_at_once(self):
        self.guest(1)
        backend = self.backend.with_context(queue_job__no_delay=True)
        run = self.runs.browse(backend._start_flow("guests_in")["res_id"])
        self.assertEqual((run.state, run.created), ("done", 1))
        self.assertTrue(run.moves_cursor)

    def test_a_run_whose_job_is_deleted_is_incomplete_and_its_backend_can_go(self):
        run = self.start()
        self.jobs(run).unlink()
        run._settle()
        self.assertEqual(run.state, "incomplete")
        self.assertIn("deleted", run.message)
        self.assertNotEqual(self.start(), run, "the button starts another one")
        self.jobs(self.runs.search([], limit=1)).unlink()
        self.backend.unlink()
        self.assertFalse(self.runs.search([("backend_model", "=", "kiosk.backend")]))

    def test_a_run_whose_later_page_is_deleted_is_incomplete(self):
        self.shorten_pages()
        run = self.start()
        self.run_jobs(most=1)
        self.jobs(run).filtered(lambda job: job.state == "pending").unlink()
        run._settle()
        self.assertEqual((run.state, run.created), ("incomplete", 2))
        self.assertFalse(self.backend._since(GUEST), "the cursor has moved")

    def test_pages_whose_jobs_vanish_without_a_trace_are_missed(self):
        self.shorten_pages()
        run = self.start()
        self.run_jobs(most=1)
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM queue_job WHERE sync_run_id = %s", [run.id])
        self.env.invalidate_all()
        run._settle()
        self.assertEqual(run.state, "incomplete")
        self.assertIn("Unread pages: 1", run.incomplete_reason)

    def test_a_run_whose_page_is_cancelled_is_incomplete(self):
        self.shorten_pages()
        run = self.start()
        self.run_jobs(most=1)
        self.jobs(run).filtered(lambda job: job.state == "pending").button_cancelled()
        run._settle()
        self.assertEqual(run.state, "incomplete")
        self.assertIn("cancelled", run.incomplete_reason)
        self.assertFalse(self.backend._since(GUEST))
        self.assertEqual(self.backend.status, "error")
        self.assertIn("cancelled", self.backend.status_message)

    def test_a_possibly_incomplete_list_is_reported_and_its_records_are_kept(self):
        self.shorten_pages()
        adapter = self.adapter()
        read_page = adapter.read_page

        def read_one_page(self, filters=None, page_token=None):
            if page_token:
                raise IncompleteListError("the list is not sorted")
            return read_page(self, filters, page_token)

        self.patch(adapter, "read_page", read_one_page)
        run = self.sync()
        self.assertEqual((run.state, run.created), ("incomplete", 2))
        self.assertIn("the list is not sorted", run.message)
        self.assertFalse(self.backend._since(GUEST))
        self.patch(adapter, "read_page", read_page)
        run = self.sync()
        self.assertEqual(run.state, "done")
        self.assertEqual(len(self.names()), 5)
        self.assertEqual(self.backend.status, "connected")

    def adapter(self):
        with self.work_on(self.backend, GUEST) as work:
            return type(work.component(usage="backend.adapter"))

    def shorten_pages(self):
        for number in range(5):
            self.guest(number)
        self.patch(self.adapter()._paging, "_size", 2)


class TestOneAtATime(KioskCase):
    def setUp(self):
        super().setUp()
        self.declare(self.flow(), self.flow("all", since=None))

    def test_another_flow_of_the_model_is_queued_and_says_so(self):
        self.guest(1)
        first = self.start()
        second = self.start("all")
        self.assertNotEqual(first, second)
        self.assertTrue(second.queued)
        self.assertIn("Queued", second.message)
        self.assertFalse(second.job_count)
        self.run_jobs()
        first._settle()
        self.assertEqual((first.state, second.state), ("done", "pending"))
        self.assertEqual(second.job_count, 1)
        self.run_jobs()
        second._settle()
        self.assertEqual((second.state, second.seen), ("done", 1))

    def test_the_same_flow_pressed_again_is_shown(self):
        run = self.start()
        self.assertEqual(self.start(), run)
        queued = self.start("all")
        self.assertEqual(self.start("all"), queued)

    def test_a_run_queued_behind_one_that_is_deleted_begins(self):
        first = self.start()
        second = self.start("all")
        first.unlink()
        self.runs._cron_settle()
        self.assertEqual((second.queued, second.job_count), (False, 1))

    def test_a_queued_run_that_cannot_begin_ends_with_the_reason(self):
        first = self.start()
        second = self.start("all")
        second.model = "no.such.model"
        first.unlink()
        with self.assertLogs("odoo.addons.connector", "ERROR"):
            self.runs._cron_settle()
        self.assertEqual(second.state, "incomplete")
        self.assertIn("no.such.model", second.message)

    def test_two_concurrent_clicks_do_not_start_it_twice(self):
        run = self.start()
        # As seen by the other transaction: the run does not exist yet.
        search = type(self.runs).search
        self.patch(
            type(self.runs),
            "search",
            lambda runs, domain, **options: (
                runs.browse()
                if any(term[0] == "open_key" for term in domain)
                else search(runs, domain, **options)
            ),
        )
        self.enterContext(mute_logger("odoo.sql_db"))
        with self.assertRaises(ConcurrencyError), self.env.cr.savepoint():
            self.backend._start_flow("guests_in")
        self.assertEqual(self.runs.search_count([("id", ">=", run.id)]), 1)


class TestCursors(KioskCase):
    def stamp(self, second):
        return f"2026-01-01T00:00:{second:02}Z"

    def test_two_flows_of_one_model_do_not_swallow_each_other(self):
        self.declare(self.flow("one"), self.flow("two"))
        self.guest(1, updated_at=self.stamp(1))
        self.sync("one")
        self.assertEqual(self.requested_since(), [None])
        self.sync("two")
        self.assertEqual(self.requested_since(), [None, None])
        self.sync("one")
        self.assertEqual(self.requested_since()[-1], "2025-12-31T23:55:01Z")

    def test_an_import_with_filters_leaves_the_cursor(self):
        self.guest(1, updated_at=self.stamp(1))
        self.sync()
        since = self.backend._since(GUEST)
        self.guest(2, updated_at="2026-02-01T00:00:00Z")
        self.backend._start_sync("import", GUEST, filters={"tag": "vip"})
        self.run_jobs()
        self.runs._cron_settle()
        self.assertEqual(self.backend._since(GUEST), since)

    def test_a_flow_with_filters_has_a_cursor_of_its_own(self):
        vip = self.flow("vip", filters={"tag": "vip"})
        self.declare(self.flow(), vip)
        self.guest(1, updated_at=self.stamp(1))
        self.sync("vip")
        self.assertTrue(self.env["connector.sync.cursor"]._of(self.backend, "vip"))
        self.assertFalse(
            self.env["connector.sync.cursor"]._of(self.backend, "guests_in")
        )
        self.sync("vip")
        call = self.server._call_of(self.server.seen[-1])
        self.assertEqual(call.query["tag"], "vip")
        self.assertEqual(call.query["updated_since"], "2025-12-31T23:55:01Z")

    def test_everything_again_imports_unchanged_records_and_leaves_the_cursor(self):
        self.guest(1, updated_at=self.stamp(1))
        self.sync()
        self.env[GUEST].search([]).with_context(
            no_connector_export=True
        ).odoo_id.name = "Changed in Odoo"
        run = self.sync()
        self.assertEqual((run.seen, run.unchanged), (1, 1))
        before = self.backend._since(GUEST)
        run = self.sync(full=True)
        self.assertEqual((run.updated, self.names()), (1, ["Guest 1"]))
        self.assertFalse(run.moves_cursor)
        self.assertEqual(self.backend._since(GUEST), before)

    def test_what_commits_late_with_an_older_stamp_arrives(self):
        self.guest(1, updated_at="2026-01-01T00:10:00Z")
        self.sync()
        self.guest(2, updated_at="2026-01-01T00:08:00Z")
        run = self.sync()
        self.assertEqual((run.created, run.unchanged), (1, 1))

    def test_the_overlap_is_what_the_flow_says(self):
        for overlap, since in ((600, "00:00:00"), (0, "00:10:00")):
            name = f"every {overlap}"
            self.declare(self.flow(name, overlap=overlap))
            self.guest(overlap, updated_at="2026-01-01T00:10:00Z")
            self.sync(name)
            self.sync(name)
            self.assertEqual(self.requested_since()[-1], f"2026-01-01T{since}Z")

    def test_numbers_are_compared_as_numbers(self):
        self.declare(self.flow(overlap=0))
        # It compares texts: the requested value is ignored here.
        self.server.since = "unknown"
        for stamp in ("9", "10"):
            self.server._tables[PATH].clear()
            self.guest(1, updated_at=stamp)
            self.sync()
        self.assertEqual(self.backend._since(GUEST), "10")

    def test_an_etag_is_never_used_as_a_cursor_value(self):
        with self.work_on(self.backend, GUEST) as work:
            importer = type(work.component(usage="record.importer"))
        self.patch(importer, "_version_key", "etag")
        self.guest(1, etag="etag-9")
        self.sync()
        self.sync()
        self.assertEqual(self.requested_since(), [None, None])
        self.declare(self.flow(cursor_field="updated_at"))
        self.server._tables[PATH].clear()
        self.guest(2, etag="etag-10", updated_at=self.stamp(1))
        self.sync()
        self.sync()
        self.assertEqual(self.requested_since()[-1], "2025-12-31T23:55:01Z")

    def test_text_is_a_moment_where_the_flow_says_so(self):
        self.declare(self.flow(cursor_field="page_token", cursor_type="text"))
        self.guest(1, page_token="b")
        self.sync()
        self.assertEqual(self.backend._since(GUEST), "b")
