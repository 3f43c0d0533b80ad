"""The preview tells what the importer of a record would do with it."""

import json

from odoo.tests import tagged

from .test_importing_bulk import MODEL, IsolationCase


@tagged("post_install", "-at_install")
class TestPreviewOutcome(IsolationCase):
    def setUp(self):
        super().setUp()
        self.patch(self.importer, "_match_field", "name")

    def preview(self, external_id="1", **values):
        action = self.backend.action_preview_import()
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        wizard = wizard.create({"model": MODEL, "external_id": external_id, **values})
        partners = self.env["res.partner"].search_count([])
        jobs = self.env["queue.job"].search_count([])
        bindings = self.bindings(MODEL).ids
        wizard.action_preview()
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        self.assertEqual(self.env["queue.job"].search_count([]), jobs)
        self.assertEqual(self.bindings(MODEL).ids, bindings)
        self.assertLessEqual({call[0] for call in self.system.calls}, {"read"})
        return wizard

    def changes(self, wizard):
        lines = wizard.line_ids.filtered("is_change")
        return {line.name: (line.current, line.new) for line in lines}

    def dependencies(self, wizard):
        return [
            (needed.external_id, needed.outcome) for needed in wizard.dependency_ids
        ]

    def bind(self, external_id, **values):
        return self.env[MODEL].create(
            {"backend_id": self.backend.id, "external_id": external_id, **values}
        )

    def test_what_a_new_record_needs_would_be_created_before_it(self):
        self.add_remote(
            self.guest("1", needs=["2"], parent="2"),
            self.guest("2", needs=["3"]),
            self.guest("3"),
        )
        wizard = self.preview()
        self.assertIn("new record", wizard.message)
        self.assertEqual(self.changes(wizard)["parent_id"], ("", "Guest 2"))
        self.assertEqual(
            self.dependencies(wizard),
            [("3", "would be created"), ("2", "would be created")],
        )

    def test_what_is_known_is_not_fetched(self):
        self.bind("2", name="Bea")
        self.add_remote(self.guest("1", needs=["2"], parent="2"))
        wizard = self.preview()
        self.assertFalse(wizard.dependency_ids)
        self.assertEqual(self.system.calls, [("read", "1")])

    def test_all_that_is_missing_is_listed(self):
        self.add_remote(
            self.guest("1", needs=["8", "2", "3", "9"]),
            self.guest("2"),
            self.guest("3", country="Atlantis"),
        )
        wizard = self.preview()
        self.assertIn("would fail", wizard.message)
        self.assertEqual(
            self.dependencies(wizard),
            [
                ("8", "cannot be imported"),
                ("2", "would be created"),
                ("3", "cannot be imported"),
                ("9", "cannot be imported"),
            ],
        )
        self.assertIn("Atlantis", wizard.dependency_ids[2].reason)
        self.assertIn("does not exist in", wizard.dependency_ids[3].reason)

    def test_records_that_need_each_other_would_be_created(self):
        self.add_remote(
            self.guest("1", needs=["2"], parent=None),
            self.guest("2", needs=["1"], parent="1"),
        )
        wizard = self.preview()
        self.assertIn("new record", wizard.message)
        self.assertEqual(self.dependencies(wizard), [("2", "would be created")])

    def test_a_matched_record_would_be_linked(self):
        partner = self.env["res.partner"].create({"name": "GUEST 1"})
        self.add_remote(self.guest("1", needs=["2"]), self.guest("2"))
        wizard = self.preview()
        self.assertIn("“GUEST 1” would be linked", wizard.message)
        changes = self.changes(wizard)
        self.assertEqual(changes["name"], ("GUEST 1", "Guest 1"))
        self.assertEqual(changes["country_id"], ("", "Belgium"))
        self.assertEqual(partner.name, "GUEST 1")

    def test_a_matched_record_that_keeps_its_values_shows_no_change(self):
        self.patch(self.importer, "_match_policy", "odoo")
        self.env["res.partner"].create({"name": "GUEST 1"})
        self.add_remote(self.guest("1"))
        wizard = self.preview()
        self.assertIn("“GUEST 1” would be linked", wizard.message)
        self.assertFalse(self.changes(wizard))

    def test_a_dependency_may_be_matched(self):
        self.env["res.partner"].create({"name": "Guest 2"})
        self.add_remote(self.guest("1", needs=["2"]), self.guest("2"))
        self.assertEqual(
            self.dependencies(self.preview()),
            [("2", "would be linked to an existing record")],
        )

    def test_several_matches_are_refused_as_by_an_import(self):
        self.env["res.partner"].create([{"name": "Guest 1"}, {"name": "guest 1"}])
        self.add_remote(self.guest("1"))
        with self.assertRaisesRegex(Exception, "would fail:\nMappingError: Several"):
            self.preview()

    def test_a_known_record_shows_its_changes(self):
        binding = self.bind("1", name="Ada")
        self.add_remote(self.guest("1"))
        wizard = self.preview()
        self.assertEqual(wizard.message, "Fields that would change: 2")
        self.assertEqual(self.changes(wizard)["name"], ("Ada", "Guest 1"))
        self.assertEqual(binding.name, "Ada")

    def test_a_value_that_waits_for_export_would_stay(self):
        binding = self.bind("1", name="Ada")
        self.env["connector.pending.export"]._add(binding, ["name"])
        self.add_remote(self.guest("1"))
        wizard = self.preview()
        self.assertEqual(set(self.changes(wizard)), {"country_id"})
        self.assertIn(
            "Changed both in Odoo and in the external system: Name", wizard.message
        )

    def test_an_unchanged_version_would_change_nothing(self):
        self.bind("1", name="Ada", external_version="5")
        self.add_remote(self.guest("1", updated_at=5))
        self.assertEqual(self.preview().message, "Nothing would change.")

    def test_an_older_version_would_be_skipped(self):
        self.bind("1", name="Ada", external_version="5")
        self.add_remote(self.guest("1", updated_at=4))
        self.assertRegex(self.preview().message, "would be skipped.* is older")

    def test_an_unwanted_record_would_be_skipped(self):
        self.patch(self.importer, "_skip_reason", lambda importer: "No dogs.")
        self.add_remote(self.guest("1"))
        self.assertIn("would be skipped. No dogs.", self.preview().message)

    def test_nothing_is_done_about_a_record_that_is_gone(self):
        binding = self.bind("1", name="Ada")
        done = []
        self.patch(self.importer, "_on_missing", lambda importer: done.append(1) or "")
        self.assertRegex(self.preview().message, "would be skipped.*no longer exists")
        self.assertEqual(done, [])
        self.assertTrue(binding.exists())

    def test_hooks_that_act_are_not_called(self):
        def confirm(importer):
            importer.backend_adapter.write(importer.external_id, {"seen": True})

        self.patch(self.importer, "_after_import", confirm)
        self.add_remote(self.guest("1", needs=["2"]), self.guest("2"))
        self.assertEqual(len(self.preview().dependency_ids), 1)

    def test_a_pasted_record_has_its_own_id(self):
        self.bind("1", name="Ada")
        with self.work_on(self.backend, MODEL) as work:
            type(work.component(usage="backend.adapter"))._id_key = "id"
        payload = json.dumps(self.guest("1"))
        wizard = self.preview(False, payload=payload)
        self.assertEqual(self.changes(wizard)["name"], ("Ada", "Guest 1"))
        self.assertEqual(self.system.calls, [])

    def test_a_pasted_record_without_an_id_shows_its_values(self):
        payload = json.dumps({"name": "Ada", "country": "BE", "parent": None})
        wizard = self.preview(False, payload=payload)
        self.assertEqual(self.changes(wizard)["name"], ("", "Ada"))
