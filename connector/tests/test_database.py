import hashlib
import struct
from unittest.mock import Mock

from odoo import api
from odoo.tests import tagged

from odoo.addons.component.core import WorkContext
from odoo.addons.component.tests.common import TransactionComponentCase
from odoo.addons.connector.database import pg_try_advisory_lock
from odoo.addons.queue_job.exception import RetryableJobError


@tagged("post_install", "-at_install")
class TestAdvisoryLock(TransactionComponentCase):
    def setUp(self):
        super().setUp()
        self.other_cr = self.registry.cursor()
        self.addCleanup(self.other_cr.close)
        self.other_env = api.Environment(self.other_cr, self.env.uid, {})

    def _component(self, env):
        work = WorkContext(
            model_name="res.partner",
            collection=Mock(_name="test.backend", env=env),
            components_registry=self._components_registry,
        )
        return self._components_registry["base.connector"](work)

    def test_a_name_is_locked_for_others_until_the_transaction_ends(self):
        lock = "import(test.backend, 1, res.partner, 42)"
        self.assertTrue(pg_try_advisory_lock(self.other_env, lock))
        self.assertTrue(pg_try_advisory_lock(self.other_env, lock), "it is ours")
        self.assertFalse(pg_try_advisory_lock(self.env, lock))
        self.assertTrue(pg_try_advisory_lock(self.env, "another name"))
        self.other_cr.rollback()
        self.assertTrue(pg_try_advisory_lock(self.env, lock))

    def test_the_key_of_a_name_is_the_one_other_versions_use(self):
        lock = ("import", 1)
        digest = hashlib.sha1(str(lock).encode()).digest()
        self.other_cr.execute(
            "SELECT pg_try_advisory_xact_lock(%s)", struct.unpack("q", digest[:8])
        )
        self.assertFalse(pg_try_advisory_lock(self.env, lock))

    def test_a_job_that_does_not_get_a_lock_tries_again(self):
        self._component(self.other_env).advisory_lock_or_retry("x")
        with self.assertRaises(RetryableJobError) as caught:
            self._component(self.env).advisory_lock_or_retry("x", retry_seconds=3)
        self.assertEqual(caught.exception.seconds, 3)
        self.assertTrue(caught.exception.ignore_retry)

    def test_tries_of_many_jobs_can_be_spread(self):
        self._component(self.other_env).advisory_lock_or_retry("x")
        tries = set()
        for _number in range(5):
            with self.assertRaises(RetryableJobError) as caught:
                self._component(self.env).advisory_lock_or_retry("x", (2, 4))
            tries.add(caught.exception.seconds)
        self.assertTrue(all(2 <= seconds <= 4 for seconds in tries))
        self.assertGreater(len(tries), 1)
