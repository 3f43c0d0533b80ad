from unittest.mock import MagicMock, patch

import psycopg2

from odoo import api
from odoo.tests import tagged

from odoo.addons.component.core import WorkContext
from odoo.addons.component.tests.common import TransactionComponentCase
from odoo.addons.queue_job.exception import RetryableJobError


@tagged("post_install", "-at_install")
class TestRecordLocker(TransactionComponentCase):
    def setUp(self):
        super().setUp()
        self.other_cr = self.registry.cursor()
        self.addCleanup(self.other_cr.close)
        self.other_env = api.Environment(self.other_cr, self.env.uid, {})
        self.partner = self.env.ref("base.main_partner")
        self.other_partner = self.partner.with_env(self.other_env)

    def _locker(self, env, model_name="res.partner"):
        work = WorkContext(
            model_name=model_name,
            collection=MagicMock(name="collection", env=env),
            components_registry=self._components_registry,
        )
        return work.component("record.locker")

    def test_a_record_is_locked_for_others(self):
        self.assertIsNone(self._locker(self.env).lock(self.partner))
        with self.assertRaises(RetryableJobError) as caught:
            self._locker(self.other_env).lock(self.other_partner, seconds=7)
        self.assertEqual(caught.exception.seconds, 7)
        self.assertTrue(caught.exception.ignore_retry)
        self.assertIn("res.partner", str(caught.exception))
        self.assertIn(str(self.partner.id), str(caught.exception))

    def test_the_transaction_stays_usable(self):
        self._locker(self.env).lock(self.partner)
        with self.assertRaises(RetryableJobError):
            self._locker(self.other_env).lock(self.other_partner)
        self.assertTrue(self.other_partner.name)

    def test_others_may_refer_to_a_locked_record(self):
        self._locker(self.env).lock(self.partner)
        self.other_cr.execute("SET LOCAL lock_timeout = '2s'")
        child = self.other_env["res.partner"].create(
            {"name": "Child", "parent_id": self.other_partner.id}
        )
        self.assertTrue(child)

    def test_the_table_is_the_one_of_the_records(self):
        user = self.env.ref("base.user_admin")
        self._locker(self.env, "res.partner").lock(user)
        with self.assertRaises(RetryableJobError):
            self._locker(self.other_env).lock(user.with_env(self.other_env))

    def test_no_record_needs_no_lock(self):
        self._locker(self.env).lock(self.partner.browse())

    def test_a_record_that_was_changed_meanwhile_is_tried_again(self):
        # A separate cursor, as the class has its own snapshot.
        other_partner = self.other_env.ref("base.partner_root")
        self.assertTrue(other_partner.name, "our snapshot starts here")
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE res_partner SET color = color WHERE id = %s",
                (other_partner.id,),
            )
        with self.assertRaises(RetryableJobError):
            self._locker(self.other_env).lock(other_partner)

    def test_other_errors_are_not_taken_for_a_lock(self):
        locker = self._locker(self.env)
        error = psycopg2.OperationalError("no space left")
        with (
            patch.object(type(locker), "_lock_rows", side_effect=error),
            self.assertRaises(psycopg2.OperationalError),
        ):
            locker.lock(self.partner)
