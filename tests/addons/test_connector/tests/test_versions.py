from odoo.tests import tagged

from odoo.addons.component.core import Component
from odoo.addons.component.exception import NoComponentError, SeveralComponentError

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestBackendVersions(ShopCase):
    def _build(self, name, backend_version=None, **attributes):
        registry = self._components_registry
        declared = type(Component)(
            name,
            (Component,),
            {
                "__module__": __name__,
                "_name": name,
                "_inherit": "shop.base",
                "_usage": "greeter",
                "_backend_version": backend_version,
                **attributes,
            },
        )
        declared._build_component(registry)
        registry._cache.clear()
        self.addCleanup(registry._cache.clear)
        self.addCleanup(registry._components.pop, name)

    def _greeter(self, version):
        self.backend.version = version
        return self.component("greeter")._name

    def test_the_component_for_the_version_is_taken(self):
        self._build("old", "<2")
        self._build("new", ">=2")
        self.assertEqual(self._greeter("1.7"), "old")
        self.assertEqual(self._greeter("2.5"), "new")

    def test_the_most_specific_of_several_is_taken(self):
        self._build("any")
        self._build("two", ">=2,<3")
        self._build("two point five", "==2.5")
        self._build("two and later", ">=2")
        self.assertEqual(self._greeter("1.7"), "any")
        self.assertEqual(self._greeter("2.0"), "two")
        self.assertEqual(self._greeter("2.5"), "two point five")
        self.assertEqual(self._greeter("3.1"), "two and later")

    def test_a_change_of_version_counts_at_once(self):
        self._build("old", "<2")
        self._build("new", ">=2")
        with self.work_on(self.backend, "shop.res.partner") as work:
            for version, name in (("1.7", "old"), ("2.0", "new"), ("1.7", "old")):
                self.backend.version = version
                self.assertEqual(work.component("greeter")._name, name)

    def test_the_error_says_which_versions_are_served(self):
        self._build("new", ">=2")
        with self.assertRaisesRegex(
            NoComponentError, "new.*>=2, the backend has version 1.7"
        ):
            self._greeter("1.7")
        with self.assertRaisesRegex(NoComponentError, "new.*>=2, the backend has none"):
            self._greeter(False)

    def test_a_version_that_cannot_be_compared_is_said_to_be(self):
        self._build("new", ">=2")
        self.patch(type(self.backend), "_backend_version_field", "name")
        with self.assertRaisesRegex(ValueError, "'Shop' cannot be compared"):
            self.component("greeter")

    def test_ranges_that_overlap_are_too_many(self):
        self._build("one", ">=1,<3")
        self._build("other", ">=2,<4")
        with self.assertRaisesRegex(SeveralComponentError, "one.*\n.*other"):
            self._greeter("2.5")
        self.assertEqual(self._greeter("1.7"), "one")

    def test_components_may_still_decide_by_themselves(self):
        def match(version):
            @classmethod
            def _component_match(cls, work, usage=None, model_name=None, **kw):
                return work.collection.version == version

            return _component_match

        self._build("old", _component_match=match("1.7"))
        self._build("new", ">=2", _component_match=match("2.0"))
        self.assertEqual(self._greeter("1.7"), "old")
        self.assertEqual(self._greeter("2.0"), "new")
        with self.assertRaises(NoComponentError):
            self._greeter("2.5")

    def test_a_wrong_range_is_found_out_when_the_component_is_built(self):
        registry = self._components_registry

        class Wrong(Component):
            _name = "wrong"
            _inherit = "shop.base"
            _backend_version = "two"

        with self.assertRaisesRegex(TypeError, "wrong.*'two' is not a version"):
            Wrong._build_component(registry)
        registry._components.pop("wrong", None)

    def test_a_child_may_serve_other_versions_than_its_parent(self):
        self._build("old", "<2")
        self._build("new", ">=2", _inherit="old")
        self._build("all", None, _inherit="old", _usage="other")
        self.assertEqual(self._greeter("1.7"), "old")
        self.assertEqual(self._greeter("2.0"), "new")
        self.assertEqual(self.component("other")._name, "all")
