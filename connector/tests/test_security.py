from lxml import etree

from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestSecurity(TransactionCase):
    def test_job_managers_see_what_jobs_are_about_and_set_up_nothing(self):
        implied = self.env.ref("queue_job.group_queue_job_manager").all_implied_ids
        self.assertIn(self.env.ref("connector.group_connector_user"), implied)
        self.assertNotIn(self.env.ref("connector.group_connector_manager"), implied)

    def test_connectors_put_their_bindings_on_a_page_that_is_hidden_until_then(self):
        user = new_test_user(self.env, "pages", "base.group_user")
        self.assertIsNone(self._page(user))
        user.group_ids += self.env.ref("connector.group_connector_manager")
        self.assertEqual(self._page(user).get("invisible"), "1")
        self.env["ir.ui.view"].create(
            {
                "name": "page of a connector",
                "model": "res.partner",
                "inherit_id": self.env.ref("connector.view_partner_connector_form").id,
                "arch": """<page name="connector" position="attributes">
                    <attribute name="invisible">0</attribute></page>""",
            }
        )
        self.assertEqual(self._page(user).get("invisible"), "0")

    def _page(self, user):
        view = (
            self.env["res.partner"]
            .with_user(user)
            .get_view(self.env.ref("base.view_partner_form").id, "form")
        )
        return etree.fromstring(view["arch"]).find(".//page[@name='connector']")

    def test_connectors_hang_their_menus_below_one_root(self):
        root = self.env.ref("connector.menu_connector_root")
        self.assertEqual(self.env.ref("connector.menu_connector").parent_id, root)
        manager = self.env.ref("connector.group_connector_manager")
        self.assertLessEqual(root.group_ids, manager.all_implied_ids)

    def test_there_is_a_group_that_sees_and_changes_nothing(self):
        user = new_test_user(
            self.env, "watcher", "base.group_user,connector.group_connector_user"
        )
        self.assertFalse(user.has_group("connector.group_connector_manager"))
        runs = self.env["connector.sync.run"].with_user(user)
        self.assertTrue(runs.has_access("read"))
        self.assertFalse(runs.has_access("write"))
        menus = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
        self.assertIn(self.env.ref("connector.menu_connector_root").id, menus)
