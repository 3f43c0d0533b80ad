from odoo.tests import tagged

from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.tests.common import JobMixin

from ..models.shop_backend import SHOPS, Shop
from .common import ShopCase


@tagged("post_install", "-at_install")
class TestCoalescingExport(ShopCase, JobMixin):
    def setUp(self):
        super().setUp()
        self.counter = self.job_counter()
        self.note = self._note(self.env)

    def _note(self, env, **values):
        return (
            env["shop.note"]
            .with_context(connector_no_export=True)
            .create({"backend_id": self.backend.id, "external_id": "N1", **values})
            .with_context(connector_no_export=False)
        )

    def _jobs(self):
        return self.counter.search_created().sorted("id")

    def _perform(self, jobs):
        for record in jobs:
            job = Job.load(self.env, record.uuid)
            job.perform()
            job.set_done()
            job.store()

    def _writes(self):
        return [call[1:] for call in self.shop.calls if call[0] == "write"]

    def test_many_changes_of_a_record_are_one_job(self):
        self.shop.resources["shop.note"] = {"N1": {}}
        self.note.title = "A"
        self.note.text = "B"
        self.note.title = "C"
        self.env.flush_all()
        self.assertEqual(len(self._jobs()), 1)
        self.assertTrue(self._jobs().eta)
        self._perform(self._jobs())
        self.assertEqual(
            self._writes(), [("shop.note", "N1", {"title": "C", "text": "B"})]
        )

    def test_only_what_changed_is_exported(self):
        self.shop.resources["shop.note"] = {"N1": {}}
        self.note.title = "A"
        self._perform(self._jobs())
        self.assertEqual(self._writes(), [("shop.note", "N1", {"title": "A"})])

    def test_all_is_exported_if_one_change_asks_for_it(self):
        self.shop.resources["shop.note"] = {"N1": {}}
        self.note.delay_export(["title"])
        self.note.delay_export()
        self._perform(self._jobs())
        self.assertEqual(
            self._writes(), [("shop.note", "N1", {"title": False, "text": ""})]
        )

    def test_changes_that_are_not_exported_make_no_job(self):
        self.note.internal = "x"
        self.assertFalse(self._jobs())

    def test_each_record_has_a_job_of_its_own(self):
        other = self._note(self.env, external_id="N2")
        (self.note + other).write({"title": "A"})
        self.assertEqual(len(self._jobs()), 2)

    def test_a_change_after_the_job_is_the_next_job(self):
        self.shop.resources["shop.note"] = {"N1": {}}
        self.note.title = "A"
        self._perform(self._jobs())
        first = self._jobs()
        self.note.text = "B"
        self._perform(self._jobs() - first)
        self.assertEqual(
            self._writes(),
            [("shop.note", "N1", {"title": "A"}), ("shop.note", "N1", {"text": "B"})],
        )

    def test_the_changes_of_a_failed_job_go_with_the_next(self):
        self.note.title = "A"
        failed = self._jobs()
        failed.with_context(
            _job_edit_sentinel=self.env["queue.job"].EDIT_SENTINEL
        ).write({"state": "failed"})
        self.note.text = "B"
        self.shop.resources["shop.note"] = {"N1": {}}
        self._perform(self._jobs() - failed)
        self.assertEqual(
            self._writes(), [("shop.note", "N1", {"title": "A", "text": "B"})]
        )
        self._perform(failed)
        self.assertEqual(len(self._writes()), 1, "nothing is left for it")

    def test_a_deleted_record_is_not_an_error(self):
        self.note.title = "A"
        job = Job.load(self.env, self._jobs().uuid)
        self.note.with_context(connector_no_export=True).unlink()
        self.assertIn("no longer exists", job.perform())

    def test_without_a_queue_it_is_exported_at_once(self):
        self.shop.resources["shop.note"] = {"N1": {}}
        self.note.with_context(queue_job__no_delay=True).title = "A"
        self.assertEqual(self._writes(), [("shop.note", "N1", {"title": "A"})])
        self.assertFalse(self.env["connector.pending.export"].search([]))

    def test_changes_for_jobs_that_are_gone_are_forgotten(self):
        self.note.title = "A"
        pending = self.env["connector.pending.export"]
        pending._vacuum()
        self.assertTrue(pending.search([("binding_id", "=", self.note.id)]))
        self._jobs().unlink()
        pending._vacuum()
        self.assertFalse(pending.search([("binding_id", "=", self.note.id)]))


@tagged("post_install", "-at_install")
class TestConcurrentChanges(ShopCase):
    """Changes of several transactions, committed for real."""

    def setUp(self):
        super().setUp()
        self.first_cr = self.registry.cursor()
        self.addCleanup(self._clean_up)
        self.first = self.env(cr=self.first_cr)
        backend = self.first["shop.backend"].create({"name": "Concurrent"})
        self.note = (
            self.first["shop.note"]
            .with_context(connector_no_export=True)
            .create({"backend_id": backend.id, "external_id": "N1"})
        )
        self.first_cr.commit()
        shop = SHOPS[backend.id] = Shop()
        shop.resources["shop.note"] = {"N1": {}}
        self.addCleanup(SHOPS.pop, backend.id)
        self.shop = shop

    def _clean_up(self):
        self.first_cr.rollback()
        backend = self.note.backend_id
        self._jobs(self.first).unlink()
        self.first["connector.pending.export"].search(
            [("binding_id", "=", self.note.id), ("binding_model", "=", "shop.note")]
        ).unlink()
        self.note.unlink()
        backend.unlink()
        self.first_cr.commit()
        self.first_cr.close()

    def _jobs(self, env):
        return env["queue.job"].search(
            [("func_string", "like", f"shop.note({self.note.id},)")]
        )

    def _delay(self, cr, fields):
        self.note.with_env(self.env(cr=cr)).delay_export(fields, window=0)

    def _lease(self, cr):
        """Lease the waiting jobs, as workers do, and return their uuids."""
        cr.execute(
            "UPDATE queue_job SET state = 'enqueued' WHERE id IN (SELECT id FROM"
            " queue_job WHERE id IN %s AND state = 'pending'"
            " FOR UPDATE SKIP LOCKED) RETURNING uuid",
            (tuple(self._jobs(self.env(cr=cr)).ids),),
        )
        return [uuid for (uuid,) in cr.fetchall()]

    def test_a_job_does_not_begin_before_a_change_it_is_to_export_is_there(self):
        self._delay(self.first_cr, ["title"])
        self.first_cr.commit()
        with self.registry.cursor() as second_cr, self.registry.cursor() as worker_cr:
            self._delay(second_cr, ["text"])
            self.env(cr=second_cr).flush_all()
            self.assertEqual(self._lease(worker_cr), [])
            second_cr.commit()
            worker_cr.rollback()
            self.assertEqual(len(self._lease(worker_cr)), 1)
            worker_cr.rollback()
        self.first_cr.rollback()
        self.assertEqual(len(self._jobs(self.first)), 1)

    def test_a_change_after_a_job_began_has_a_job_of_its_own(self):
        self._delay(self.first_cr, ["title"])
        self.first_cr.commit()
        with self.registry.cursor() as late_cr, self.registry.cursor() as worker_cr:
            late_cr.execute("SELECT 1 FROM queue_job LIMIT 1")
            self.assertEqual(len(self._lease(worker_cr)), 1)
            worker_cr.commit()
            self._delay(late_cr, ["text"])
            late_cr.commit()
        self.first_cr.rollback()
        self.assertEqual(
            sorted(self._jobs(self.first).mapped("state")), ["enqueued", "pending"]
        )

    def test_two_transactions_at_once_do_not_wait_for_each_other(self):
        with self.registry.cursor() as second_cr:
            second_cr.execute("SET LOCAL lock_timeout = '2s'")
            self._delay(self.first_cr, ["title"])
            self._delay(second_cr, ["text"])
            second_cr.commit()
        self.first_cr.commit()
        self.assertEqual(len(self._jobs(self.first)), 2, "nothing to join was visible")
        for job in self._jobs(self.first):
            Job.load(self.first, job.uuid).perform()
        self.assertEqual(
            [call[3] for call in self.shop.calls], [{"text": "", "title": False}]
        )
