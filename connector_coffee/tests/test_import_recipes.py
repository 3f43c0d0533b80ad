from odoo.tools import mute_logger

from .common import CoffeeCase


class TestImportRecipes(CoffeeCase):
    def test_recipes_become_products(self):
        run = self.sync("recipes")
        self.assertEqual(run.state, "done")
        self.assertEqual(self.counts(run), {"seen": 12, "created": 12})
        recipes = self.machine.store.recipes.all()
        bindings = self.backend.with_context(active_test=False).recipe_ids
        self.assertEqual(
            {
                (b.coffee_id, b.name, round(b.list_price * 100), b.active)
                for b in bindings
            },
            {(r.id, r.name, r.price_cents, r.active) for r in recipes},
        )
        first = bindings.filtered(lambda b: b.coffee_id == recipes[0].id)
        self.assertEqual(first.strength, recipes[0].strength)
        self.assertEqual(first.volume_ml, recipes[0].volume_ml)

    def test_a_second_import_changes_nothing(self):
        self.sync("recipes")
        run = self.sync("recipes")
        self.assertEqual(self.counts(run), {"seen": 12, "unchanged": 12})
        self.assertEqual(run.message, "12 processed: 12 unchanged.")

    def test_a_changed_price_arrives(self):
        self.sync("recipes")
        recipe = self.machine.store.recipes.all()[0]
        self.machine.clock.offset += 60
        self.machine.update_recipe(recipe.id, {"price_cents": 777})
        run = self.sync("recipes")
        self.assertEqual(self.counts(run), {"seen": 12, "updated": 1, "unchanged": 11})
        binding = self.backend.recipe_ids.filtered(lambda b: b.coffee_id == recipe.id)
        self.assertEqual(binding.list_price, 7.77)

    def test_a_recipe_taken_off_the_menu_is_archived_with_its_product(self):
        self.sync("recipes")
        binding = self.backend.recipe_ids[0]
        self.machine.clock.offset += 60
        self.machine.update_recipe(binding.coffee_id, {"active": False})
        self.sync("recipes")
        self.assertFalse(binding.active)
        self.assertFalse(binding.product_tmpl_id.active)

    @mute_logger("odoo.sql_db")
    def test_one_bad_record_stops_only_itself_and_is_told(self):
        bad = self.machine.store.recipes.all()[3]
        self.machine.update_recipe(bad.id, {"name": None})
        run = self.sync("recipes")
        self.assertEqual(run.state, "failed")
        self.assertEqual(self.counts(run), {"seen": 12, "created": 11, "failed": 1})
        line = run.line_ids
        self.assertIn("(name)", line.reason)
        self.assertEqual(line.payload["id"], bad.id)
        self.machine.update_recipe(bad.id, {"name": "Corrected"})
        line.action_retry()
        self.run_jobs()
        run._settle()
        self.assertEqual(self.counts(run), {"seen": 12, "created": 12})
        self.assertEqual(run.state, "done")

    @mute_logger("odoo.sql_db")
    def test_a_record_that_fails_leads_to_what_it_is_here(self):
        self.sync("recipes")
        recipe = self.machine.store.recipes.all()[0]
        self.machine.clock.offset += 60
        self.machine.update_recipe(recipe.id, {"name": None})
        line = self.sync("recipes").line_ids
        binding = self.backend.recipe_ids.filtered(lambda b: b.coffee_id == recipe.id)
        action = line.action_open_record()
        self.assertEqual(
            (action["res_model"], action["res_id"]),
            ("product.product", binding.odoo_id.id),
        )

    @mute_logger("odoo.sql_db")
    def test_what_is_no_record_does_not_stop_the_page(self):
        recipe = self.machine.store.recipes.all()[0]
        model = "coffee.product.product"
        with self.backend.work_on(model, binding_cache={}) as work:
            importer = work.component(usage="batch.importer")
            good = importer.backend_adapter.read(recipe.id)
            results = importer._import_page(["nonsense", good])
        self.assertEqual([result.kind for result in results], ["failed", "created"])
        self.assertEqual(results[0].payload, "nonsense")

    def test_a_second_click_shows_the_import_under_way(self):
        first = self.start("recipes")
        self.assertEqual(self.start("recipes"), first)

    def test_a_price_changed_in_odoo_is_taken_to_the_machine(self):
        self.sync("recipes")
        binding = self.backend.recipe_ids[0]
        binding.product_tmpl_id.list_price = 3.21
        self.run_jobs()
        self.assertEqual(self.machine.recipe(binding.coffee_id).price_cents, 321)

    def test_what_the_machine_told_is_not_told_back(self):
        self.sync("recipes")
        requests = self.machine.statistics.to_json()["requests"]
        self.assertFalse([name for name in requests if name.startswith("PATCH")])


class TestImportRecipesFromFirmware1(TestImportRecipes):
    firmware = 1
    allow_inherited_tests_method = True
