from .common import CoffeeCase, coffee_machine


class TestExportBadges(CoffeeCase):
    def badges(self):
        return [b for b in self.machine.store.badges.all() if b.ref]

    def test_a_contact_with_the_tag_gets_a_badge(self):
        partner = self.drinker("Ada")
        self.run_jobs()
        (badge,) = self.badges()
        self.assertEqual(badge.holder_name, "Ada")
        self.assertEqual(badge.holder_email, "ada@example.com")
        self.assertEqual(partner.coffee_bind_ids.coffee_id, badge.id)

    def test_a_contact_without_the_tag_gets_none(self):
        self.env["res.partner"].create({"name": "Tea drinker"})
        self.run_jobs()
        self.assertFalse(self.badges())

    def test_a_contact_that_gets_the_tag_later_gets_a_badge_then(self):
        partner = self.env["res.partner"].create({"name": "Bob"})
        partner.category_id = self.tag
        self.run_jobs()
        self.assertEqual(self.badges()[0].holder_name, "Bob")

    def test_fifty_changes_are_one_call_with_the_last_name(self):
        partner = self.drinker("Ada")
        self.run_jobs()
        for number in range(50):
            partner.name = f"Ada {number}"
        self.run_jobs()
        self.assertEqual(self.badges()[0].holder_name, "Ada 49")
        requests = self.machine.statistics.to_json()["requests"]
        self.assertEqual(requests["PATCH /api/badges/ID"], 1)

    def test_what_the_machine_does_not_know_is_not_sent(self):
        partner = self.drinker("Ada")
        self.run_jobs()
        partner.phone = "+32 2 000 00 00"
        self.run_jobs()
        requests = self.machine.statistics.to_json()["requests"]
        self.assertNotIn("PATCH /api/badges/ID", requests)

    def test_the_button_exports_those_who_had_the_tag_before(self):
        quiet = self.env["res.partner"].with_context(no_connector_export=True)
        quiet.create({"name": "Ada", "category_id": [(4, self.tag.id)]})
        run = self.sync("badges")
        self.assertEqual(self.counts(run), {"seen": 1, "created": 1})
        run = self.sync("badges")
        self.assertEqual(self.counts(run), {"seen": 1, "unchanged": 1})
        self.assertEqual(len(self.badges()), 1)

    def test_an_archived_contact_loses_the_badge_and_gets_another_when_back(self):
        partner = self.drinker("Ada")
        self.run_jobs()
        partner.active = False
        self.run_jobs()
        self.assertFalse(self.badges())
        partner.active = True
        self.run_jobs()
        self.assertEqual(len(self.badges()), 1)

    def test_a_deleted_contact_loses_the_badge(self):
        partner = self.drinker("Ada")
        self.run_jobs()
        partner.unlink()
        self.run_jobs()
        self.assertFalse(self.badges())

    def test_export_now_sends_what_was_changed_on_the_machine_too(self):
        partner = self.drinker("Ada")
        self.run_jobs()
        (badge,) = self.badges()
        self.machine.update_badge(badge.id, {"holder_name": "Somebody"})
        partner.coffee_bind_ids.action_export_now()
        self.run_jobs()
        self.assertEqual(self.badges()[0].holder_name, "Ada")

    def test_without_a_tag_nobody_gets_a_badge(self):
        self.backend.partner_category_id = False
        self.drinker("Ada")
        run = self.sync("badges")
        self.assertEqual(self.counts(run), {})
        self.assertFalse(self.badges())

    def test_a_badge_deleted_on_the_machine_is_made_again_with_all_there_is(self):
        partner = self.drinker("Ada")
        self.run_jobs()
        self.machine.delete_badge(partner.coffee_bind_ids.coffee_id)
        partner.name = "Ada Lovelace"
        self.run_jobs()
        (badge,) = self.badges()
        self.assertEqual(badge.holder_email, "ada@example.com")
        self.assertEqual(partner.coffee_bind_ids.coffee_id, badge.id)

    def test_a_badge_whose_answer_got_lost_is_not_made_twice(self):
        plan = coffee_machine.FaultPlan(
            rate=1, kinds=("drop_after",), limit=2, only=("POST /api/badges",)
        )
        self.machine.faults.follow(plan)
        partner = self.drinker("Ada")
        self.run_jobs()
        (badge,) = self.badges()
        self.assertEqual(partner.coffee_bind_ids.coffee_id, badge.id)


class TestExportBadgesToFirmware1(TestExportBadges):
    firmware = 1
    allow_inherited_tests_method = True
