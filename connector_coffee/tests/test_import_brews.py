from dataclasses import replace
from datetime import timezone

from odoo.tools import mute_logger

from .common import CoffeeCase


class TestImportBrews(CoffeeCase):
    def test_brews_bring_their_recipes_and_drinkers(self):
        run = self.sync("brews")
        self.assertEqual(self.counts(run), {"seen": 120, "created": 120})
        brew = self.backend.brew_ids[0]
        remote = self.machine.brew(brew.coffee_id)
        self.assertEqual(round(brew.price * 100), remote.price_cents)
        self.assertEqual(brew.brewed_at.replace(tzinfo=timezone.utc), remote.brewed_at)
        self.assertEqual(brew.recipe_id.coffee_id, remote.recipe_id)
        self.assertEqual(
            brew.partner_id.name, self.machine.badge(remote.badge_id).holder_name
        )

    def test_a_drinker_known_by_email_is_not_made_again(self):
        badge = self.machine.store.badges.all()[0]
        known = self.env["res.partner"].create(
            {"name": "Boss", "email": badge.holder_email}
        )
        self.sync("brews")
        self.assertEqual(known.coffee_bind_ids.coffee_id, badge.id)
        self.assertEqual(known.name, badge.holder_name)

    def test_the_next_import_asks_for_new_ones_only(self):
        self.sync("brews")
        brew = self.backend.brew_ids[0]
        self.machine.pour(
            recipe_id=brew.recipe_id.coffee_id, badge_id=brew.badge_id.coffee_id
        )
        run = self.sync("brews")
        self.assertEqual(run.created, 1)
        self.assertLess(run.seen, 10)

    def test_an_import_that_is_not_complete_is_asked_for_again(self):
        run = self.start("brews")
        job = self.env["queue.job"].search([("sync_run_id", "=", run.id)])
        self.backend.password = "tea"
        self.run_jobs()
        run._settle()
        self.assertEqual((job.state, run.state), ("failed", "failed"))
        self.assertFalse(self.backend._since("coffee.brew"))

    def test_nothing_is_missed_when_the_list_changes_while_it_is_read(self):
        table = self.machine.store.brews
        first, second, third, *_others = table.all()
        run = self.start("brews")
        self.run_jobs(most=1)
        table.remove(first.id)
        table.put(replace(second, price_cents=777, updated_at=self.machine.clock.now()))
        table.remove(third.id)
        self.run_jobs()
        run._settle()
        self.assertEqual(run.state, "done")
        brews = self.backend.brew_ids
        self.assertFalse(
            {brew.id for brew in table.all()} - set(brews.mapped("coffee_id"))
        )
        changed = brews.filtered(lambda brew: brew.coffee_id == second.id)
        self.assertEqual(changed.price, 7.77)

    def test_what_a_bad_record_brought_is_brought_again_by_the_next(self):
        table = self.machine.store.brews
        bad, good, *others = table.all()
        for brew in others:
            table.remove(brew.id)
        table.put(replace(good, recipe_id=bad.recipe_id, badge_id=bad.badge_id))

        def after_import(importer):
            if importer.external_id == bad.id:
                raise ValueError("too hot")

        with self.backend.work_on("coffee.brew") as work:
            importer = type(work.component(usage="record.importer"))
        self.patch(importer, "_after_import", after_import)
        run = self.sync("brews")
        self.assertEqual(self.counts(run), {"seen": 2, "created": 1, "failed": 1})
        self.assertEqual(run.line_ids.reason, "too hot")
        brew = self.backend.brew_ids
        self.assertEqual(brew.coffee_id, good.id)
        self.assertEqual(brew.badge_id.coffee_id, bad.badge_id)

    @mute_logger("odoo.sql_db")
    def test_what_cannot_be_bound_fails_and_is_not_tried_for_ever(self):
        self.sync("brews")
        taken = self.backend.badge_ids[0].odoo_id
        badge = self.machine.create_badge({"holder_name": "Grace"})
        with self.backend.work_on("coffee.res.partner", binding_cache={}) as work:
            importer = work.component(usage="record.importer")
            self.patch(type(importer), "_find_match", lambda importer, data: taken)
            batch = work.component(usage="batch.importer")
            (result,) = batch._import_page([batch.backend_adapter.read(badge.id)])
        self.assertEqual(result.kind, "failed")
        self.assertIn("already has a badge for the coffee machine", result.reason)

    def test_coffees_stay_drunk_when_their_drinker_leaves(self):
        self.sync("brews")
        partner = self.backend.brew_ids[0].partner_id
        drunk = self.env["coffee.brew"].search_count([("partner_id", "=", partner.id)])
        partner.active = False
        self.assertEqual(
            self.env["coffee.brew"].search_count([("partner_id", "=", partner.id)]),
            drunk,
        )


class TestImportBrewsFromFirmware1(TestImportBrews):
    firmware = 1
    allow_inherited_tests_method = True
