from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

MAKE = "/queue_job/create_test_job"
RUN = "/queue_job/runjob"


@tagged("post_install", "-at_install")
class TestRoutes(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jobs = cls.env["queue.job"]
        cls.plain = new_test_user(cls.env, "plain", groups="base.group_user")

    def make(self, **params):
        response = self.url_open(
            f"{MAKE}?{'&'.join(f'{k}={v}' for k, v in params.items())}"
        )
        response.raise_for_status()
        self.env.invalidate_all()
        return response.text

    def test_administrator_creates_one_test_job(self):
        self.authenticate("admin", "admin")
        text = self.make(
            priority=3, max_retries="bad", description="try", channel="root.x"
        )
        uuid = text.removeprefix("job uuid: ")
        job = self.jobs.search([("uuid", "=", uuid)])
        self.assertEqual(
            (job.priority, job.max_retries, job.name, job.channel),
            (3, 5, "try", "root.x"),
        )

    def test_administrator_creates_a_graph_of_test_jobs(self):
        self.authenticate("admin", "admin")
        uuid = self.make(size=12).removeprefix("graph uuid: ")
        jobs = self.jobs.search([("graph_uuid", "=", uuid)])
        self.assertEqual(len(jobs), 12)
        self.assertEqual(self.make(size=0), "")

    @mute_logger("odoo.http")
    def test_failure_rate_outside_of_0_and_1_is_refused(self):
        self.authenticate("admin", "admin")
        self.assertEqual(self.url_open(f"{MAKE}?failure_rate=2").status_code, 400)

    @mute_logger("odoo.http")
    def test_link_on_another_site_creates_no_job(self):
        self.authenticate("admin", "admin")
        before = self.jobs.search_count([])
        response = self.url_open(MAKE, headers={"Sec-Fetch-Site": "cross-site"})
        self.assertEqual(response.status_code, 403)
        self.assertEqual(self.jobs.search_count([]), before)

    @mute_logger("odoo.http")
    def test_ordinary_and_anonymous_users_create_and_run_nothing(self):
        before = self.jobs.search_count([])
        job = self.env["res.partner"].with_delay().exists()
        job.db_record().state = "enqueued"
        self.env.flush_all()
        self.assertIn("/web/login", self.url_open(MAKE).url)
        response = self.url_open(
            RUN, data={"job_uuid": job.uuid}, allow_redirects=False
        )
        self.assertNotEqual(response.status_code, 200)
        self.authenticate("plain", "plain")
        self.assertEqual(self.url_open(MAKE).status_code, 403)
        data = {"job_uuid": job.uuid, "csrf_token": http.Request.csrf_token(self)}
        self.assertEqual(self.url_open(RUN, data=data).status_code, 403)
        self.env.invalidate_all()
        self.assertEqual(job.db_record().state, "enqueued")
        self.assertEqual(self.jobs.search_count([]), before + 1)

    def run_as_manager(self):
        """Request to run an enqueued job; return the response and the job's state."""
        job = self.env["res.partner"].with_delay().exists()
        job.db_record().state = "enqueued"
        self.env.flush_all()
        self.authenticate("admin", "admin")
        data = {"job_uuid": job.uuid, "csrf_token": http.Request.csrf_token(self)}
        response = self.url_open(RUN, data=data)
        self.env.invalidate_all()
        return response, job.db_record().state

    def test_manager_runs_an_enqueued_job(self):
        response, state = self.run_as_manager()
        response.raise_for_status()
        self.assertEqual(state, "done")

    @mute_logger("odoo.http")
    def test_no_job_of_a_neutralized_database_runs_before_it_is_allowed(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "true")
        response, state = self.run_as_manager()
        self.assertEqual((response.status_code, state), (403, "enqueued"))
        self.assertIn("neutralized", response.text)
