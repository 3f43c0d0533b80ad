"""A system that creates a record without returning its ID."""

from odoo.tests import tagged

from .kiosk import KioskContract

MODEL = "kiosk.res.partner"


@tagged("post_install", "-at_install")
class TestCreatedWithoutId(KioskContract):
    allow_inherited_tests_method = False

    def setUp(self):
        super().setUp()
        self.enterContext(self.lasting_receipts())
        self.server.idempotent = False
        create = self.server._create
        self.responses = [None, {"id": None}, {}]

        def create_quietly(call):
            response, status, headers = create(call)
            return (
                (self.responses.pop(0) if self.responses else response),
                status,
                headers,
            )

        self.server._create = create_quietly
        with self.work_on(self.backend, MODEL) as work:
            self.exporter = type(work.component(usage="record.exporter"))
            self.adapter_class = type(work.component(usage="backend.adapter"))

    def try_export(self):
        self._begin_export()
        return self.run_jobs().filtered(lambda job: job.model_name == MODEL)

    def again(self, job):
        job.requeue()
        self.run_jobs()

    def test_it_is_a_clear_failure_and_nothing_is_created_again(self):
        job = self.try_export()
        for _try in range(3):
            self.assertEqual(job.state, "failed")
            self.assertIn("did not return its ID", job.exc_message)
            self.assertFalse(self.external_ids(MODEL))
            self.again(job)
        self.assertEqual(len(self.server.created), 1)

    def test_a_connector_that_can_finds_it(self):
        def find_created(exporter, data):
            guests = exporter.backend_adapter.search_read()
            return next(rec["id"] for rec in guests if rec["name"] == data["name"])

        self.patch(self.exporter, "_find_created", find_created)
        job = self.try_export()
        self.again(job)
        self.assertEqual(job.state, "done", job.exc_info)
        self.assertEqual(len(self.server.created), 1)
        self._assert_same_records()

    def test_a_system_that_repeats_its_responses_is_requested_again(self):
        self.responses[1:] = []
        self.server.idempotent = True
        self.patch(self.adapter_class, "_idempotent_writes", True)
        job = self.try_export()
        self.again(job)
        self.assertEqual(job.state, "done", job.exc_info)
        self.assertEqual(len(self.server.created), 1)
        self._assert_same_records()

    def test_a_record_bound_manually_is_exported_like_any_other(self):
        job = self.try_export()
        (created,) = self.server.records("/api/guests")
        binding = (
            self.env[MODEL]
            .with_context(connector_no_export=True)
            .create(
                {
                    "backend_id": self.backend.id,
                    "odoo_id": self.env["res.partner"]
                    .search([("name", "=", "Ada")])
                    .id,
                    "external_id": str(created),
                }
            )
        )
        self.again(job)
        self.assertEqual(job.state, "done", job.exc_info)
        self.assertTrue(binding.sync_date)
        self.assertEqual(len(self.server.created), 1)
