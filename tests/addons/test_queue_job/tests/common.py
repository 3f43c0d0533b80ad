from odoo.tests import TransactionCase

from odoo.addons.queue_job.job import Job


class JobCase(TransactionCase):
    """Test case with a record whose methods are delayed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = cls.env["test.queue.job"]
        cls.record = cls.model.create({"name": "one"})
        cls.queue_job = cls.env["queue.job"]

    def stored(self, method=None, args=None, **kwargs):
        """Return a new stored Job, of ``testing_method`` by default."""
        job = Job(method or self.record.testing_method, args=args, **kwargs)
        job.store()
        return job

    def reload(self, job):
        """Return the job as it is in the database."""
        return Job.load(self.env, job.uuid)

    def manager(self, login="queue_manager", **values):
        """Return a new job queue manager."""
        return self.env["res.users"].create(
            {
                "name": login,
                "login": login,
                "email": f"{login}@example.com",
                "group_ids": [
                    (4, self.env.ref("base.group_user").id),
                    (4, self.env.ref("queue_job.group_queue_job_manager").id),
                ],
                **values,
            }
        )
