"""Deletions found by comparing IDs, over real HTTP."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from odoo.addons.connector.components.http.pagination import PagePaging
from odoo.addons.connector.exception import IncompleteListError
from odoo.addons.connector.flow import Flow
from odoo.addons.connector.tests.common import ConnectorCase

from .kiosk_case import GUEST, PATH, KioskCase
from .market_common import MarketMixin


class CompareIdsCase(KioskCase):
    def setUp(self):
        super().setUp()
        self.declare(self.flow(), self.comparing())
        with self.work_on(self.backend, GUEST) as work:
            self.adapter = type(work.component(usage="backend.adapter"))
            self.deleter = type(work.component(usage="record.deleter"))
            self.comparer = type(work.component(usage="ids.comparer"))
        self.patch(self.adapter, "_paging", PagePaging(size=2))

    def comparing(self, **values):
        return Flow("deleted", "Deleted", "import", GUEST, compare_ids=True, **values)

    def bound(self, count):
        """Import guests, long ago; return their IDs."""
        ids = [self.guest(number)["id"] for number in range(1, count + 1)]
        self.sync()
        self.age()
        return ids

    def age(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE kiosk_res_partner SET create_date = create_date - interval '1 d',"
            " sync_date = sync_date - interval '1 d'"
        )
        self.env.invalidate_all()

    def compare(self, **options):
        return self.sync("deleted", **options)

    def sync(self, name="guests_in", **options):
        run = self.start(name, **options)
        self.finish(run)
        return run

    def finish(self, run):
        """Run the jobs: of the list, then of its comparison."""
        for _phase in range(2):
            self.run_jobs()
            run._settle()

    def remove(self, *ids):
        for external_id in ids:
            self.server.remove(PATH, external_id)

    def ids(self):
        bindings = self.env[GUEST].with_context(active_test=False).search([])
        return sorted(int(binding.external_id) for binding in bindings)

    def counts(self, run):
        return run.compared, run.missing, run.deleted

    def listed(self):
        counters = self.env["connector.sync.counter"].search([])
        return [ids for ids in counters.mapped("listed_ids") if ids]


class TestCompareIds(CompareIdsCase):
    def test_missing_records_are_deleted_each_with_a_line(self):
        ids = self.bound(5)
        self.remove(*ids[1:3])
        run = self.compare()
        self.assertEqual((run.state, self.counts(run)), ("done", (5, 2, 2)))
        self.assertEqual(self.ids(), [ids[0], *ids[3:]])
        self.assertEqual(
            sorted((line.kind, line.external_id) for line in run.line_ids),
            [("deleted", str(external_id)) for external_id in ids[1:3]],
        )
        self.assertIn("unbound", run.line_ids[0].reason)
        self.assertIn("2 missing, 2 deleted", run.message)
        self.assertFalse(self.listed(), "the IDs are dropped")

    def test_records_are_neither_imported_nor_updated(self):
        (first,) = self.bound(1)
        self.server.change(PATH, first, name="Changed")
        self.guest(2)
        run = self.compare()
        self.assertEqual((run.seen, self.names()), (2, ["Guest 1"]))

    def test_the_ids_are_asked_for_alone(self):
        self.patch(self.adapter, "_ids_query", {"fields": "id"})
        self.bound(3)
        before = len(self.server.seen)
        self.compare()
        calls = [self.server._call_of(seen) for seen in self.server.seen[before:]]
        self.assertEqual({call.query.get("fields") for call in calls}, {"id"})
        self.assertGreater(len(calls), 1, "each page")

    def test_the_deleter_decides_and_is_not_asked_again(self):
        self.patch(self.deleter, "_on_remote_delete", "archive")
        first, _second = self.bound(2)
        self.remove(first)
        self.compare()
        self.assertEqual(self.names(), ["Guest 2"])
        self.assertEqual(len(self.ids()), 2)
        self.assertEqual(self.counts(self.compare()), (1, 0, 0))

    def test_a_record_missing_in_a_lagging_list_stays(self):
        first, _second = self.bound(2)
        respond = self.server.respond

        def lagging(call):
            if call.path == PATH:
                self.server.hide(PATH, first)
            else:
                self.server.show(PATH, first)
            return respond(call)

        self.server.respond = lagging
        run = self.compare()
        self.assertEqual((self.counts(run), run.skipped), ((2, 1, 0), 1))
        self.assertEqual(len(self.ids()), 2)
        self.assertIn("still exists", run.message)

    def test_missing_records_are_not_read_if_the_flow_says_so(self):
        self.declare(self.comparing(verify_deletions=False), self.flow())
        first, _second = self.bound(2)
        self.remove(first)
        before = len(self.server.seen)
        run = self.compare()
        self.assertEqual(self.counts(run), (2, 1, 1))
        calls = [self.server._call_of(seen) for seen in self.server.seen[before:]]
        self.assertEqual({call.path for call in calls}, {PATH})

    def test_what_is_bound_or_synchronized_after_the_start_is_not_compared(self):
        self.declare(self.comparing(verify_deletions=False), self.flow())
        created, synchronized, _other = self.bound(3)
        run = self.start("deleted")
        self.run_jobs(most=1)
        for field, external_id in (
            ("create_date", created),
            ("sync_date", synchronized),
        ):
            self.env.cr.execute(
                f"UPDATE kiosk_res_partner SET {field} = %s WHERE external_id = %s",
                [run.date_start, str(external_id)],
            )
        self.env.invalidate_all()
        self.remove(created, synchronized)
        self.finish(run)
        self.assertEqual(run.compared, 1)
        self.assertEqual(len(self.ids()), 3)

    def test_what_is_synchronized_before_its_own_job_stays(self):
        self.declare(self.comparing(verify_deletions=False), self.flow())
        first, _second = self.bound(2)
        self.remove(first)
        run = self.start("deleted")
        self.run_jobs()
        run._settle()
        jobs = self.env["queue.job"].search([("state", "=", "pending")])
        self.assertEqual(jobs.mapped("method_name"), ["apply_deletions"])
        self.run_jobs(most=1)
        binding = self.env[GUEST].search([("external_id", "=", str(first))])
        binding.with_context(connector_no_export=True).sync_date = run.date_start
        self.run_jobs()
        run._settle()
        self.assertEqual((self.counts(run), run.skipped), ((2, 1, 0), 1))

    def test_without_jobs_it_ends_at_once(self):
        first, _second = self.bound(2)
        self.remove(first)
        backend = self.backend.with_context(queue_job__no_delay=True)
        run = self.runs.browse(backend._start_flow("deleted")["res_id"])
        self.assertEqual((run.state, self.counts(run)), ("done", (2, 1, 1)))

    def test_a_connector_without_a_deleter_reads_nothing(self):
        self.bound(1)
        self.patch(self.deleter, "_usage", "something.else")
        self._components_registry._cache.clear()
        self.addCleanup(self._components_registry._cache.clear)
        before = len(self.server.seen)
        run = self.compare()
        self.assertEqual(run.state, "failed")
        self.assertEqual(len(self.server.seen), before)
        self.assertFalse(run.comparison)

    def test_a_retried_failure_belongs_to_an_import(self):
        self.guest(1, country="QX")
        self.sync()
        self.let_time_pass()
        run = self.compare()
        self.assertEqual((run.failed, run.job_count), (0, 2))


class TestIncompleteList(CompareIdsCase):
    def setUp(self):
        super().setUp()
        self.declare(self.comparing(verify_deletions=False), self.flow())
        self.all = self.bound(5)
        self.read_page = self.adapter.read_page

    def assert_nothing_deleted(self, run, state):
        run._settle()
        self.assertEqual((run.state, self.counts(run)), (state, (0, 0, 0)))
        self.assertFalse(run.comparison)
        self.assertEqual(self.ids(), self.all)
        self.assertIn("No record was compared", run.message)

    def answer_second_page(self, answer):
        def read(adapter, filters=None, page_token=None):
            if page_token:
                return answer(adapter, filters, page_token)
            return self.read_page(adapter, filters, page_token)

        self.patch(self.adapter, "read_page", read)

    def test_an_incomplete_list(self):
        def fail(*_args):
            raise IncompleteListError("the list is not sorted")

        self.answer_second_page(fail)
        self.assert_nothing_deleted(self.compare(), "incomplete")

    def test_a_page_that_fails_and_succeeds_later(self):
        self.remove(self.all[0])
        self.answer_second_page(lambda *_args: 1 / 0)
        run = self.compare()
        self.assert_nothing_deleted(run, "failed")
        self.patch(self.adapter, "read_page", self.read_page)
        jobs = self.env["queue.job"].search([("sync_run_id", "=", run.id)])
        jobs.filtered(lambda job: job.state == "failed").requeue()
        self.finish(run)
        self.assertEqual((run.state, self.counts(run)), ("done", (5, 1, 1)))

    def test_a_cancelled_page(self):
        run = self.start("deleted")
        self.run_jobs(most=1)
        jobs = self.env["queue.job"].search([("sync_run_id", "=", run.id)])
        jobs.filtered(lambda job: job.state == "pending").button_cancelled()
        self.assert_nothing_deleted(run, "incomplete")

    def test_a_page_whose_job_vanished(self):
        run = self.start("deleted")
        self.run_jobs(most=1)
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM queue_job WHERE sync_run_id = %s", [run.id])
        self.env.invalidate_all()
        self.assert_nothing_deleted(run, "incomplete")

    def test_a_record_without_an_id(self):
        def strip(adapter, filters, page_token):
            page = self.read_page(adapter, filters, page_token)
            return page._replace(records=[{"name": "?"}])

        self.answer_second_page(strip)
        self.assert_nothing_deleted(self.compare(), "incomplete")


class TestLimit(CompareIdsCase):
    def test_too_many_are_deleted_only_when_confirmed(self):
        ids = self.bound(14)
        self.remove(*ids[:11])
        run = self.compare()
        self.assertEqual((run.state, self.counts(run)), ("incomplete", (14, 11, 0)))
        self.assertEqual(self.ids(), ids)
        self.assertIn("11 of 14", run.message)
        self.assertIn("Delete Anyway", run.message)
        run.action_delete_anyway()
        self.run_jobs()
        run._settle()
        self.assertEqual((run.state, self.counts(run)), ("done", (14, 11, 11)))
        self.assertEqual(self.ids(), ids[11:])
        with self.assertRaisesRegex(UserError, "start the flow again"):
            run.action_delete_anyway()

    def test_the_limit_is_what_the_flow_says(self):
        self.declare(self.comparing(delete_limit=80), self.flow())
        ids = self.bound(14)
        self.remove(*ids[:11])
        self.assertEqual(self.counts(self.compare()), (14, 11, 11))

    def test_an_empty_list_is_never_believed(self):
        ids = self.bound(2)
        self.remove(*ids)
        run = self.compare()
        self.assertEqual((run.state, self.ids()), ("incomplete", ids))
        self.assertIn("empty list", run.message)

    def test_a_later_run_replaces_an_unconfirmed_one(self):
        ids = self.bound(2)
        self.remove(*ids)
        run = self.compare()
        self.compare()
        self.assertEqual(run.comparison, "discarded")
        with self.assertRaises(UserError):
            run.action_delete_anyway()

    def test_a_comparison_done_is_not_repeated_without_its_ids(self):
        first, *_others = self.bound(3)
        self.remove(first)
        run = self.compare()
        job = self.env["queue.job"].search(
            [("sync_run_id", "=", run.id), ("method_name", "=", "apply_deletions")]
        )
        job.requeue()
        self.run_jobs()
        run._settle()
        self.assertEqual((run.state, self.counts(run)), ("done", (3, 1, 1)))

    def test_only_managers_confirm(self):
        ids = self.bound(2)
        self.remove(*ids)
        run = self.compare()
        user = new_test_user(self.env, "viewer", "connector.group_connector_user")
        with self.assertRaises(AccessError):
            run.with_user(user).action_delete_anyway()
        self.assertEqual(run.comparison, "limited")

    def test_many_missing_records_are_handled_in_parts(self):
        module = "odoo.addons.connector.components.importing.comparer"
        self.startPatcher(patch(f"{module}._JOBS_AT_ONCE", 2))
        ids = self.bound(6)
        self.remove(*ids[:5])
        run = self.compare()
        self.assertEqual(self.counts(run), (6, 5, 5))
        self.assertEqual(self.ids(), ids[5:])


class TestDeclaration(CompareIdsCase):
    def test_contradictions_are_refused(self):
        for values in (
            {"since": "updated_since"},
            {"direction": "export"},
            {"filters": {"tag": "vip"}, "verify_deletions": False},
        ):
            values = {"direction": "import", **values}
            with self.subTest(values), self.assertRaisesRegex(ValueError, "deleted"):
                Flow("deleted", "", model=GUEST, compare_ids=True, **values)

    def test_bindings_outside_of_the_filters_can_be_left_out(self):
        self.declare(self.comparing(filters={"tag": "vip"}), self.flow())
        first, second, _third = self.bound(3)
        self.remove(first, second)
        compared = [("external_id", "!=", str(second))]
        self.patch(self.comparer, "_compared_domain", lambda *_args: compared)
        run = self.compare()
        self.assertEqual(self.counts(run), (2, 1, 1))
        self.assertIn(second, self.ids())
        call = self.server._call_of(self.server.seen[-2])
        self.assertEqual(call.query["tag"], "vip")


class TestNumbers(MarketMixin, ConnectorCase):
    """IDs in Integer fields."""

    def test_numbers_are_compared_and_unbound_records_left_out(self):
        self.registry_enter_test_mode()
        self.open_market()
        flow = Flow("products", "", "import", "market.product", compare_ids=True)
        self.patch(type(self.market), "_sync_flows", lambda backend: [flow])
        products = self.env["market.product"].create(
            [{"name": str(number), "backend_id": self.market.id} for number in range(4)]
        )
        products[0].external_id = 1
        products[1].external_id = 20
        products[2].external_id = 0
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE market_product SET create_date = create_date - interval '1 d'"
        )
        self.env.invalidate_all()
        for body in ([{"id": "20"}, {"id": 3}], []):
            self.server.add_response(body)
        for _product in products:
            self.server.add_response({}, status=404)
        run = self.start()
        for _phase in range(2):
            self.run_jobs()
            run._settle()
        self.assertEqual((run.compared, run.missing, run.deleted), (2, 1, 1))
        self.assertEqual(products.exists(), products[1:])
