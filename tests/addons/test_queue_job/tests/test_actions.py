from datetime import timedelta
from importlib import import_module
from pathlib import Path

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from odoo.addons.queue_job.delay import chain
from odoo.addons.queue_job.job import CANCELLED, DONE, PENDING, Job

from .common import JobCase

TRACEBACK = """Traceback (most recent call last):
  File "/opt/odoo/addons/queue_job/controllers/main.py", line 12, in _runjob
    job.perform()
  File "/opt/custom/addons/my_shop/models/order.py", line 345, in send
    session.post(url)
  File "/usr/lib/python3/requests/sessions.py", line 5, in post
    raise ConnectionError
requests.ConnectionError
"""


@tagged("post_install", "-at_install")
class TestRecord(JobCase):
    def setUp(self):
        super().setUp()
        self.boss = self.manager()
        self.as_boss = self.queue_job.with_user(self.boss)

    def row(self, state="pending", **values):
        row = self.stored().db_record()
        row.write({"state": state, **values})
        return row

    def test_done_button_acts_on_jobs_that_are_not_running(self):
        rows = {s: self.row(s) for s in ("pending", "enqueued", "failed", "started")}
        jobs = self.queue_job.concat(*rows.values())
        self.assertTrue(jobs.with_user(self.boss).button_done())
        for state in ("pending", "enqueued", "failed"):
            row = rows[state]
            self.assertEqual(row.state, "done")
            self.assertEqual(row.result, f"Manually set to done by {self.boss.name}")
            self.assertTrue(row.date_done)
        self.assertEqual(rows["started"].state, "started")

    def test_cancel_button_names_the_user(self):
        row, running = self.row(), self.row("started")
        (row | running).with_user(self.boss).button_cancelled()
        self.assertEqual(row.state, "cancelled")
        self.assertEqual(row.result, f"Cancelled by {self.boss.name}")
        self.assertEqual(running.state, "started")

    def test_requeue_acts_on_ended_jobs(self):
        rows = {s: self.row(s, retry=3) for s in ("failed", "done", "cancelled")}
        started = self.row("started")
        self.queue_job.concat(started, *rows.values()).requeue()
        for row in rows.values():
            self.assertEqual((row.state, row.retry), ("pending", 0))
        self.assertEqual(started.state, "started")

    def test_requeued_job_keeps_its_failure(self):
        job = self.stored()
        job.set_failed(exc_name="E", exc_message="why", exc_info="trace")
        job.store()
        job.db_record().requeue()
        row = job.db_record()
        self.assertEqual(
            (row.state, row.exc_name, row.exc_message, row.exc_info),
            ("pending", "E", "why", "trace"),
        )
        job = self.reload(job)
        job.set_done()
        job.store()
        self.assertFalse(row.exc_name or row.exc_message or row.exc_info)

    def test_message_of_an_error_may_be_any_object(self):
        job = self.stored()
        job.set_failed(exc_message={"not": "text"})
        job.store()
        self.assertEqual(job.db_record().exc_message, "{'not': 'text'}")

    def test_change_job_state_refuses_other_states(self):
        with self.assertRaises(ValueError):
            self.row()._change_job_state("started")

    def test_change_job_state_keeps_the_result(self):
        row = self.row()
        row._change_job_state(DONE, result="test")
        self.assertEqual((row.state, row.result), ("done", "test"))
        row._change_job_state(PENDING, result="again")
        self.assertEqual((row.state, row.result), ("pending", "again"))
        row._change_job_state(CANCELLED, result="no")
        self.assertEqual((row.state, row.result), ("cancelled", "no"))

    def test_protected_fields_cannot_be_written(self):
        row = self.row()
        for record in (row, row.with_user(self.boss), row.sudo()):
            with self.assertRaisesRegex(AccessError, "method_name"):
                record.write({"method_name": "unlink", "priority": 1})
        with self.assertRaises(AccessError):
            row.with_context(_job_edit_sentinel=object()).write({"uuid": "x"})
        row.with_user(self.boss).write({"priority": 3})
        self.assertEqual(row.priority, 3)

    def test_jobs_cannot_be_created_over_rpc(self):
        with self.assertRaises(AccessError):
            call_kw(self.as_boss, "create", [{"uuid": "x", "state": "pending"}], {})

    def test_jobs_cannot_be_copied_or_deleted_by_users(self):
        row = self.row().with_user(self.boss)
        with self.assertRaises(AccessError):
            row.unlink()

    def test_state_written_by_a_user_has_the_effects_of_the_buttons(self):
        parent = self.record.delayable().testing_method()
        child = self.record.delayable().testing_method()
        chain(parent, child).delay()
        parent, child = (
            d._generated_job.db_record().with_user(self.boss) for d in (parent, child)
        )
        parent.write({"state": "done", "priority": 2})
        self.assertTrue(parent.date_done)
        self.assertEqual((parent.priority, child.state), (2, "pending"))
        parent.write({"state": "pending"})
        self.assertFalse(parent.date_done)
        child.write({"state": "pending"})
        parent.write({"state": "cancelled"})
        self.assertTrue(parent.date_cancelled)
        self.assertEqual(child.state, "pending")

    def test_states_of_the_queue_itself_cannot_be_written_by_a_user(self):
        row = self.row().with_user(self.boss)
        for state in ("enqueued", "started", "wait_dependencies"):
            with self.assertRaisesRegex(UserError, state):
                row.write({"state": state})
        running = self.row("started").with_user(self.boss)
        with self.assertRaisesRegex(UserError, running.uuid):
            running.write({"state": "done"})
        # server-side code may
        row.sudo().write({"state": "enqueued"})
        self.assertEqual(row.state, "enqueued")

    def test_user_without_rights_gets_an_access_error(self):
        user = self.env["res.users"].create(
            {
                "name": "u",
                "login": "u",
                "group_ids": [(6, 0, [self.env.ref("base.group_user").id])],
            }
        )
        row = self.row("failed").with_user(user)
        for call in (
            lambda: row.write({"state": "pending"}),
            lambda: row.write({"priority": 1}),
            row.requeue,
            row.button_done,
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertEqual(row.sudo().state, "failed")

    def test_failing_write_posts_one_message_and_subscribes(self):
        creator = self.env.ref("base.user_admin")
        row = self.row(user_id=creator.id)
        before = row.message_ids
        row.write({"state": "failed"})
        messages = row.message_ids - before
        subtype = self.env.ref("queue_job.mt_job_failed")
        self.assertEqual(messages.subtype_id, subtype)
        self.assertEqual(len(messages), 1)
        self.assertIn(self.boss.partner_id, row.message_partner_ids)
        self.assertIn(creator.partner_id, row.message_partner_ids)

    def test_followers_of_a_failure_are_active_managers_of_its_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.manager(
            "stranger", company_id=other.id, company_ids=[(6, 0, [other.id])]
        )
        archived = self.manager("gone")
        archived.active = False
        row = self.row()
        row.write({"state": "failed"})
        self.assertNotIn(stranger.partner_id, row.message_partner_ids)
        self.assertNotIn(archived.partner_id, row.message_partner_ids)
        of_no_company = self.row(company_id=False)
        of_no_company.write({"state": "failed"})
        self.assertIn(stranger.partner_id, of_no_company.message_partner_ids)

    def test_a_manager_of_several_companies_is_notified_of_failures_in_each(self):
        own, other, third = self.env["res.company"].create(
            [{"name": "Own"}, {"name": "Other"}, {"name": "Third"}]
        )
        both = self.manager(
            "both", company_id=own.id, company_ids=[(6, 0, (own | other).ids)]
        )
        rows = {
            company: self.row(company_id=company.id) for company in (own, other, third)
        }
        # in one write, as a button for many jobs does
        self.queue_job.union(*rows.values()).write({"state": "failed"})
        notified = [
            company
            for company, row in rows.items()
            if both.partner_id in row.message_partner_ids
        ]
        self.assertEqual(notified, [own, other])

    def test_the_location_of_a_failure_is_neither_odoos_nor_the_engines(self):
        here, mail = Path(__file__), import_module("odoo.addons.mail").__path__[0]
        engine = import_module("odoo.addons.queue_job.engine").__path__[0]
        paths = [here, f"{mail}/models/x.py", f"{engine}/x.py"]
        text = "".join(
            f'  File "{path}", line {line}, in run\n'
            for line, path in enumerate(paths, 1)
        )
        place = self.queue_job._place_of_error(f"Traceback:\n{text}ValueError: why")
        self.assertEqual(place, "test_queue_job/tests/test_actions.py:1 in run")

    def test_failure_notes_its_date_and_the_last_line_of_an_addon(self):
        job = self.stored()
        job.set_failed(exc_info=TRACEBACK, exc_name="E", exc_message="no")
        job.store()
        row = job.db_record()
        self.assertEqual(row.exc_place, "my_shop/models/order.py:345 in send")
        self.assertLess(fields.Datetime.now() - row.date_failed, timedelta(minutes=5))

    def test_new_user_of_a_job_runs_it(self):
        admin = self.env.ref("base.user_admin")
        row = self.row()
        row.write({"user_id": admin.id})
        self.assertEqual(row.records.env.uid, admin.id)
        self.assertEqual(self.reload(self.jobs_of(row)).env.uid, admin.id)

    def test_job_taken_over_by_the_acting_user_runs_as_that_user(self):
        row = self.row()
        row.with_user(self.boss).write({"user_id": self.boss.id})
        self.assertEqual(row.records.env.uid, self.boss.id)

    def jobs_of(self, row):
        return Job.load(self.env, row.uuid)

    def test_job_with_a_missing_method_can_still_be_closed(self):
        parent = self.record.delayable().testing_method()
        child = self.record.delayable().testing_method()
        chain(parent, child).delay()
        row = parent._generated_job.db_record()
        child_row = child._generated_job.db_record()
        self.env.cr.execute(
            "UPDATE queue_job SET method_name = 'gone' WHERE id = %s", (row.id,)
        )
        row.button_done()
        self.assertEqual((row.state, child_row.state), ("done", "pending"))
        row.requeue()
        self.assertEqual(row.state, "pending")
        row.button_cancelled()
        self.assertEqual(row.state, "cancelled")

    def test_job_of_a_missing_model_can_be_shown_and_closed(self):
        row = self.row("failed")
        self.env.cr.execute(
            """
            UPDATE queue_job SET model_name = 'no.model',
                   records = '{"_type": "odoo_recordset", "model": "no.model",
                               "ids": [1]}'
             WHERE id = %s
            """,
            (row.id,),
        )
        self.env.invalidate_all()
        self.assertIn("no.model", row.target_text)
        with self.assertRaisesRegex(UserError, "no.model"):
            row.open_related_action()
        row.button_cancelled()
        self.assertEqual(row.state, "cancelled")

    def test_wizards_take_the_selection_and_close(self):
        close = {"type": "ir.actions.act_window_close"}
        for model, method, start, end in (
            ("queue.requeue.job", "requeue", "failed", "pending"),
            ("queue.jobs.to.done", "set_done", "failed", "done"),
            ("queue.jobs.to.cancelled", "set_cancelled", "pending", "cancelled"),
        ):
            row = self.row(start)
            wizard = (
                self.env[model]
                .with_context(active_model="queue.job", active_ids=row.ids)
                .create({})
            )
            self.assertEqual(wizard.job_ids, row)
            self.assertEqual(getattr(wizard, method)(), close)
            self.assertEqual(row.state, end)

    def test_graph_button_opens_the_jobs_of_the_graph(self):
        chain(
            self.record.delayable().testing_method(),
            self.record.delayable().testing_method(),
        ).delay()
        rows = self.queue_job.search([("graph_uuid", "!=", False)])
        action = rows[0].open_graph_jobs()
        self.assertEqual(self.queue_job.search(action["domain"]), rows)
        self.assertIn(rows[0].graph_uuid, action["name"])
        self.assertEqual(action["context"], {})
