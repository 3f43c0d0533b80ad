"""A coffee as a queue latency alert."""

from datetime import timedelta

from .common import CoffeeCase


class TestBusy(CoffeeCase):
    def setUp(self):
        super().setUp()
        self.env["queue.job"].search([]).unlink()
        self.cron = self.env.ref("connector.ir_cron_connector_queue_latency")
        recipe = next(r for r in self.machine.store.recipes.all() if r.active)
        badge = next(b for b in self.machine.store.badges.all() if b.active)
        with self.backend.work_on("coffee.brew") as work:
            for model, record in (
                ("coffee.product.product", recipe),
                ("coffee.res.partner", badge),
            ):
                importer = work.component(usage="record.importer", model_name=model)
                importer.run(record.id)
        self.backend.write(
            {
                "latency_alert_minutes": 5,
                "latency_alert_interval": 30,
                "busy_recipe_id": self.backend.recipe_ids.id,
                "busy_badge_id": self.backend.badge_ids.id,
            }
        )
        self.poured_before = len(self.machine.store.brews.all())

    def keep_waiting(self, minutes):
        """Create a job that has been waiting for some minutes."""
        job = self.env["res.partner"].with_delay().exists()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE queue_job SET date_created = date_created - %s WHERE uuid = %s",
            [timedelta(minutes=minutes), job.uuid],
        )
        self.env.invalidate_all()

    def watch(self):
        self.env.flush_all()
        self.cron.method_direct_trigger()
        return self.coffees()

    def coffees(self):
        return self.env["queue.job"].search([("method_name", "=", "pour_when_busy")])

    def poured(self):
        self.run_jobs()
        return len(self.machine.store.brews.all()) - self.poured_before

    def test_a_coffee_is_poured_before_all_that_waits(self):
        self.keep_waiting(6)
        job = self.watch()
        self.assertEqual((job.priority, job.channel), (0, "root.coffee_break"))
        self.assertEqual(self.poured(), 1)
        brew = self.backend.brew_ids
        self.assertEqual(brew.recipe_id, self.backend.busy_recipe_id)
        self.assertEqual(brew.badge_id, self.backend.busy_badge_id)
        message = self.backend.message_ids[0].body
        self.assertIn("has been waiting for 6 minutes", message)
        self.assertIn(brew.product_id.name, message)

    def test_no_coffee_while_jobs_run_soon_enough(self):
        self.keep_waiting(4)
        self.assertFalse(self.watch())

    def test_no_coffee_where_nobody_wants_one(self):
        self.backend.latency_alert_minutes = 0
        self.keep_waiting(600)
        self.assertFalse(self.watch())

    def test_one_coffee_in_each_interval(self):
        self.keep_waiting(6)
        for _look in range(3):
            self.watch()
        self.assertEqual(self.poured(), 1)
        self.keep_waiting(6)
        self.backend.latency_alert_last -= timedelta(minutes=29)
        self.watch()
        self.assertEqual(self.poured(), 1)
        self.keep_waiting(6)
        self.backend.latency_alert_last -= timedelta(minutes=1)
        self.watch()
        self.assertEqual(self.poured(), 2)

    def test_coffees_do_not_pile_up_before_a_machine_that_is_off(self):
        self.device.stop()
        self.addCleanup(self.device.start)
        self.keep_waiting(6)
        self.watch()
        self.run_jobs()
        self.keep_waiting(6)
        self.backend.latency_alert_last -= timedelta(minutes=60)
        job = self.watch()
        self.assertEqual((len(job), job.state), (1, "pending"))

    def test_without_a_recipe_the_job_says_what_to_do(self):
        self.backend.busy_recipe_id = False
        self.keep_waiting(6)
        job = self.watch()
        self.assertEqual(self.poured(), 0)
        self.assertEqual(job.state, "failed")
        self.assertIn("Select a recipe and a badge", job.exc_message)


class TestBusyWithFirmware1(TestBusy):
    firmware = 1
    allow_inherited_tests_method = True
