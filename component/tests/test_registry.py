import threading
from unittest import mock

from odoo.tests.common import BaseCase

from odoo.addons.component.core import ComponentRegistry


def component(usage=None, collection=None, models=None, abstract=False):
    return mock.Mock(
        _abstract=abstract,
        _collection=collection,
        _usage=usage,
        apply_on_models=models,
    )


class TestRegistry(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = ComponentRegistry()

    def put(self, **components):
        for name, value in components.items():
            self.registry[name] = value
        return components.values()

    def test_registered_components_are_found_in_order(self):
        one, two = self.put(one=component(), two=component())
        self.assertEqual(self.registry.lookup(), [one, two])
        self.assertEqual(list(self.registry), ["one", "two"])
        self.assertIn("one", self.registry)
        self.assertIs(self.registry.get("one"), one)
        self.assertIsNone(self.registry.get("three"))
        with self.assertRaises(KeyError):
            self.registry["three"]

    def test_an_empty_registry_is_true(self):
        self.assertTrue(self.registry)

    def test_abstract_components_are_not_found(self):
        self.put(one=component(abstract=True))
        self.assertEqual(self.registry.lookup(), [])

    def test_a_usage_is_matched_exactly(self):
        one, _two, _three = self.put(
            one=component("map"), two=component("bind"), three=component()
        )
        self.assertEqual(self.registry.lookup(usage="map"), [one])

    def test_components_of_any_collection_are_found_with_those_of_the_collection(self):
        one, two, three = self.put(
            one=component(collection="a"), two=component(), three=component(None, "b")
        )
        self.assertEqual(self.registry.lookup("a"), [one, two])
        self.assertEqual(self.registry.lookup(), [one, two, three])

    def test_components_of_any_model_are_found_with_those_of_the_model(self):
        one, two, _three, _four = self.put(
            one=component(models=["res.partner", "res.users"]),
            two=component(),
            three=component(models=["res.country"]),
            four=component(models=[]),
        )
        self.assertEqual(self.registry.lookup(model_name="res.users"), [one, two])

    def test_an_answer_is_kept_until_the_cache_is_cleared(self):
        (one,) = self.put(one=component("map"))
        self.assertEqual(self.registry.lookup(usage="map"), [one])
        (two,) = self.put(two=component("map"))
        self.assertEqual(self.registry.lookup(usage="map"), [one])
        self.registry._cache.clear()
        self.assertEqual(self.registry.lookup(usage="map"), [one, two])

    def test_one_question_is_kept_once_however_it_is_asked(self):
        self.registry.lookup("a", "map", "res.users")
        self.registry.lookup("a", usage="map", model_name="res.users")
        self.assertEqual(len(self.registry._cache), 1)

    def test_changing_an_answer_does_not_change_the_next_one(self):
        (one,) = self.put(one=component("map"))
        self.registry.lookup(usage="map").clear()
        self.assertEqual(self.registry.lookup(usage="map"), [one])

    def test_the_cache_has_a_size(self):
        registry = ComponentRegistry(cachesize=3)
        for number in range(5):
            registry.lookup(usage=str(number))
        self.assertEqual(registry._cache.maxsize, 3)
        self.assertEqual(len(registry._cache), 3)
        self.assertEqual(ComponentRegistry()._cache.maxsize, 512)

    def test_without_a_cache_each_lookup_is_repeated(self):
        registry = ComponentRegistry(cachesize=0)
        self.assertEqual(registry.lookup("collection.base"), [])
        self.assertFalse(registry._cache)

    def test_threads_can_look_up_at_once_in_a_small_cache(self):
        (one,) = self.put(one=component("map"))
        registry = self.registry
        registry._cache = ComponentRegistry(cachesize=2)._cache
        barrier = threading.Barrier(4)
        wrong = []

        def look_up():
            barrier.wait()
            for number in range(2000):
                if registry.lookup(usage="map") != [one]:
                    wrong.append("map")
                if registry.lookup(usage=str(number % 5)):
                    wrong.append(number)

        threads = [threading.Thread(target=look_up) for _number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
