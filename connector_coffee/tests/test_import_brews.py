from datetime import timezone

from .common import CoffeeCase


class TestImportBrews(CoffeeCase):
    def test_brews_bring_their_recipes_and_drinkers(self):
        run = self.sync("action_import_brews")
        self.assertEqual(self.counts(run), {"seen": 120, "created": 120})
        brew = self.backend.brew_ids[0]
        theirs = self.machine.brew(brew.coffee_id)
        self.assertEqual(round(brew.price * 100), theirs.price_cents)
        self.assertEqual(brew.brewed_at.replace(tzinfo=timezone.utc), theirs.brewed_at)
        self.assertEqual(brew.recipe_id.coffee_id, theirs.recipe_id)
        self.assertEqual(
            brew.partner_id.name, self.machine.badge(theirs.badge_id).holder_name
        )

    def test_a_drinker_known_by_email_is_not_made_again(self):
        badge = self.machine.store.badges.all()[0]
        known = self.env["res.partner"].create(
            {"name": "Boss", "email": badge.holder_email}
        )
        self.sync("action_import_brews")
        self.assertEqual(known.coffee_bind_ids.coffee_id, badge.id)
        self.assertEqual(known.name, "Boss")

    def test_the_next_import_asks_for_new_ones_only(self):
        self.sync("action_import_brews")
        brew = self.backend.brew_ids[0]
        self.machine.pour(
            recipe_id=brew.recipe_id.coffee_id, badge_id=brew.badge_id.coffee_id
        )
        run = self.sync("action_import_brews")
        self.assertEqual(run.created, 1)
        self.assertLess(run.seen, 10)

    def test_an_import_that_is_not_complete_is_asked_for_again(self):
        run = self.start("action_import_brews")
        job = self.env["queue.job"].search([("sync_run_id", "=", run.id)])
        self.backend.password = "tea"
        self.run_jobs()
        run._settle()
        self.assertEqual((job.state, run.state), ("failed", "failed"))
        self.assertFalse(self.backend._since("coffee.brew"))

    def test_coffees_stay_drunk_when_their_drinker_leaves(self):
        self.sync("action_import_brews")
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
