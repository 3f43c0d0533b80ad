import threading

from odoo import SUPERUSER_ID, api
from odoo.exceptions import ConcurrencyError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from odoo.addons.queue_job.delay import chain
from odoo.addons.queue_job.job import Job


@tagged("post_install", "-at_install")
class TestIdentityRace(BaseCase):
    """With real transactions, which do not see each other."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self.forget)

    def forget(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM queue_job WHERE identity_key LIKE 'race%'")

    def env_of(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def delay(self, cr, key="race"):
        record = self.env_of(cr)["test.queue.job"]
        return record.with_delay(identity_key=key).testing_method()

    def waiting(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT uuid FROM queue_job WHERE identity_key = 'race'")
            return [row[0] for row in cr.fetchall()]

    def when_blocked(self, cr, then):
        """Call ``then`` in a thread as soon as a transaction waits for ``cr``'s."""
        cr.execute("SELECT pg_backend_pid()")
        pid = cr.fetchone()[0]

        def watch():
            with self.registry.cursor() as watcher:
                for _try in range(2000):
                    watcher.execute(
                        "SELECT 1 FROM pg_stat_activity "
                        "WHERE %s = ANY(pg_blocking_pids(pid))",
                        (pid,),
                    )
                    if watcher.rowcount:
                        break
                    watcher.rollback()
                    watcher.execute("SELECT pg_sleep(0.005)")
                else:
                    seen.append("no transaction waits for the first one")
            then()

        seen = []
        thread = threading.Thread(target=watch)
        thread.start()
        self.addCleanup(lambda: self.assertFalse(seen))
        self.addCleanup(thread.join)

    def test_two_transactions_racing_with_one_key_leave_one_job(self):
        """The loser waits for the winner's commit and gets the winner's job."""
        with self.registry.cursor() as winner, self.registry.cursor() as loser:
            # the loser has its snapshot before the winner commits
            loser.execute("SELECT count(*) FROM queue_job")
            job = self.delay(winner)
            self.assertIsInstance(job, Job)
            self.when_blocked(winner, then=winner.commit)
            record = self.delay(loser)
            self.assertEqual(record._name, "queue.job")
            self.assertEqual((record.uuid, record.state), (job.uuid, "pending"))
            loser.commit()
        self.assertEqual(self.waiting(), [job.uuid])

    def test_loser_stores_its_job_when_the_winner_rolls_back(self):
        with self.registry.cursor() as winner, self.registry.cursor() as loser:
            self.delay(winner)
            self.when_blocked(winner, then=winner.rollback)
            job = self.delay(loser)
            self.assertIsInstance(job, Job)
            loser.commit()
        self.assertEqual(self.waiting(), [job.uuid])

    def test_graph_that_loses_a_race_for_a_parent_is_tried_again_as_a_whole(self):
        """Its dependents could not refer to a row it does not see."""
        with self.registry.cursor() as winner, self.registry.cursor() as loser:
            loser.execute("SELECT count(*) FROM queue_job")
            self.delay(winner)
            self.when_blocked(winner, then=winner.commit)
            record = self.env_of(loser)["test.queue.job"]
            graph = chain(
                record.delayable(identity_key="race").testing_method(),
                record.delayable().testing_method(),
            )
            # Odoo replays the whole request on this error
            with self.assertRaises(ConcurrencyError):
                graph.delay()
            loser.rollback()
