from datetime import date

from lxml import etree

from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.queue_job.delay import chain

from .common import JobCase


@tagged("post_install", "-at_install")
class TestDisplay(JobCase):
    def test_arguments_are_shown_as_they_were_written(self):
        row = self.stored(
            args=("text", 1, [self.record]),
            kwargs={"day": date(2026, 1, 2), "deep": {"a": None}},
        ).db_record()
        self.assertEqual(
            row.arguments_text,
            f"'text'\n1\n[test.queue.job({self.record.id})]\n"
            "day = 2026-01-02\ndeep = {'a': None}",
        )
        self.assertFalse(self.stored().db_record().arguments_text)

    def test_target_is_named(self):
        row = self.stored().db_record()
        self.assertEqual(row.target_text, f"test.queue.job({self.record.id}): one")
        many = self.model.create([{} for _i in range(12)])
        row = self.stored(many.testing_method).db_record()
        self.assertIn("12 records", row.target_text)

    def test_deleted_target_is_shown_as_deleted(self):
        record = self.model.create({"name": "gone"})
        row = self.stored(record.testing_method).db_record()
        record.unlink()
        self.assertIn("deleted", row.target_text)

    def test_form_of_a_running_job_does_not_make_it_collide(self):
        # a row edited while its job runs would make the job run again
        row = self.stored().db_record()
        row.state = "started"
        form = Form(row)
        for name in ("priority", "retry", "max_retries", "channel", "user_id"):
            with self.assertRaisesRegex(AssertionError, "readonly"):
                setattr(form, name, row[name])
        row.state = "pending"
        with Form(row) as form:
            form.priority = 3
        self.assertEqual(row.priority, 3)

    def test_states_come_in_the_order_of_a_jobs_life(self):
        jobs = self.queue_job
        for state in ("failed", "done", "pending"):
            job = self.stored(description=state)
            job.db_record().state = state
            jobs |= job.db_record()
        domain = [("id", "in", jobs.ids)]
        self.assertEqual(
            jobs.search(domain, order="state desc").mapped("state"),
            ["failed", "done", "pending"],
        )
        for order in (None, "state, method_name"):
            groups = jobs._read_group(
                domain, ["state", "method_name"], ["__count"], order=order
            )
            self.assertEqual(
                [group[0] for group in groups], ["pending", "done", "failed"]
            )

    def test_channels_count_their_jobs_and_those_below(self):
        root = self.env.ref("queue_job.channel_root")
        channels = self.env["queue.job.channel"]
        shop = channels.create({"name": "counted", "parent_id": root.id})
        sub = channels.create({"name": "sub", "parent_id": shop.id})
        self.stored(channel="root.counted")
        self.stored(channel="root.counted.sub").db_record().write({"state": "failed"})
        self.stored(channel="root.counted.unknown").db_record().write(
            {"state": "started"}
        )
        counts = (shop.waiting_count, shop.running_count, shop.failed_count)
        self.assertEqual(counts, (1, 1, 1))
        self.assertEqual((sub.waiting_count, sub.failed_count), (0, 1))
        action = shop.action_open_failed_jobs()
        self.assertEqual(
            self.queue_job.search(action["domain"]).mapped("channel"),
            ["root.counted.sub"],
        )

    def test_every_filter_and_group_of_the_list_works(self):
        for xmlid in ("view_queue_job_search", "view_queue_job_cause_search"):
            view = self.env.ref(f"queue_job.{xmlid}")
            model = self.env[view.model]
            for node in etree.fromstring(view.arch_db).iter("filter"):
                if node.get("domain"):
                    domain = safe_eval(node.get("domain"), {"uid": self.env.uid})
                    model.search(domain)
                else:
                    groupby = safe_eval(node.get("context"))["group_by"]
                    if model._fields[groupby].type == "datetime":
                        groupby += ":month"
                    model.formatted_read_group([], [groupby], ["__count"])

    def test_jobs_blocked_by_a_failed_one_are_found_and_explained(self):
        nodes = [self.record.delayable().testing_method() for _i in range(3)]
        chain(*nodes).delay()
        parent, child, grandchild = (node._generated_job.db_record() for node in nodes)
        view = self.env.ref("queue_job.view_queue_job_search")
        (node,) = etree.fromstring(view.arch_db).xpath(
            "//filter[@name='held_by_failed']"
        )
        domain = safe_eval(node.get("domain"))
        self.assertFalse(self.queue_job.search(domain))
        parent.write({"state": "failed"})
        self.assertEqual(self.queue_job.search(domain), child)
        self.assertEqual(child.failed_dependency_ids, parent)
        self.assertFalse(grandchild.failed_dependency_ids)
