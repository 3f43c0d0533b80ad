"""A job that cannot be decoded can be displayed, explained and closed."""

import json

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.queue_job.delay import chain

from .common import JobCase

NEWER = '{"_type": "queue_job_document", "version": 9, "value": []}'
#: Column values that are not valid arguments.
BROKEN = {
    "no JSON": "no json",
    "deeper than Python reads": "[" * 5000 + "]" * 5000,
    "an unreadable element": '[{"_type": "etree_element", "value": "<a/>tail"}]',
    "a mark without value": '[{"_type": "datetime_isoformat"}]',
    "a mark of a newer version": NEWER,
    "an unknown model": (
        '[{"_type": "odoo_recordset", "model": "no.model", "ids": [1]}]'
    ),
    "a number": "5",
    "pairs that are none": (
        '[{"_type": "python_dict", "value": 3}, {"_type": "python_set", "value": {}}]'
    ),
}


@tagged("post_install", "-at_install")
class TestUndecodable(JobCase):
    def broken(self, state="pending", column="args"):
        """Yield each invalid value and the record of a job with it, in a graph."""
        for problem, text in BROKEN.items():
            with self.subTest(problem=problem, state=state, column=column):
                parent = self.record.delayable().testing_method()
                chain(parent, self.record.delayable().testing_method()).delay()
                row = parent._generated_job.db_record()
                self.env.cr.execute(
                    f"UPDATE queue_job SET {column} = %s, state = %s WHERE id = %s",
                    (json.dumps(text), state, row.id),
                )
                self.env.invalidate_all()
                yield row

    def test_it_is_closed_with_the_buttons(self):
        for column in ("args", "kwargs", "records"):
            for row in self.broken("failed", column):
                row.requeue()
                self.assertEqual(row.state, "pending")
            for row in self.broken("pending", column):
                row.button_done()
                self.assertEqual(row.state, "done")
                self.assertEqual(row.dependent_ids.state, "pending")
            for row in self.broken("pending", column):
                row.button_cancelled()
                self.assertEqual(
                    (row.state, row.dependent_ids.state), ("cancelled",) * 2
                )

    def test_it_is_shown_in_list_and_form(self):
        boss = self.manager()
        for column in ("args", "kwargs", "records"):
            for row in self.broken("failed", column):
                row = row.with_user(boss)
                found = self.queue_job.with_user(boss).web_search_read(
                    [("id", "=", row.id)],
                    {"name": {}, "target_text": {}, "arguments_text": {}, "state": {}},
                )
                self.assertEqual(found["length"], 1)
                with Form(row) as form:
                    form.priority = 3
                self.assertEqual(row.priority, 3)

    def test_related_says_why_it_opens_nothing(self):
        for column in ("args", "kwargs", "records"):
            for row in self.broken("failed", column):
                with self.assertRaises(UserError):
                    row.open_related_action()

    def test_it_can_be_given_to_another_user(self):
        boss = self.manager()
        for row in self.broken("failed", "records"):
            row.user_id = boss
            self.env.flush_all()
            self.assertEqual(row.user_id, boss)

    def test_much_text_is_shown_in_part(self):
        row = self.stored(args=("x" * 1_000_000,)).db_record()
        self.assertLess(len(row.arguments_text), 30_000)
        self.assertIn("characters omitted", row.arguments_text)
        row = self.stored(args=("a\x00b", "caf\udce9", (1, {1: {2}}))).db_record()
        self.assertEqual(
            row.arguments_text, "'a\\x00b'\n'caf\\udce9'\n(1, {1: set([2])})"
        )
