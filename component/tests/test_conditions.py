from odoo.addons.component.core import Component
from odoo.addons.component.exception import NoComponentError, SeveralComponentError

from .common import TransactionComponentRegistryCase


class TestConditions(TransactionComponentRegistryCase):
    """Components that refuse some work, or precede others."""

    def setUp(self):
        super().setUp()
        self._setup_registry(self)
        self.addCleanup(self._teardown_registry, self)
        with self.env["collection.base"].new().work_on("res.partner") as work:
            self.work = work

    def _build(self, name, **attributes):
        declared = type(Component)(
            name,
            (Component,),
            {"__module__": __name__, "_name": name, "_usage": "task", **attributes},
        )
        self._build_components(declared)

    def test_a_component_that_refuses_is_not_taken(self):
        self._build("picky", _component_refusal=classmethod(lambda cls, work: "no"))
        self._build("other")
        self.assertEqual(self.work.component("task")._name, "other")
        self.assertEqual(len(self.work.many_components("task")), 1)

    def test_the_error_says_why_it_refused(self):
        self._build(
            "picky",
            _component_refusal=classmethod(
                lambda cls, work: f"it takes no {work.model_name}"
            ),
        )
        with self.assertRaisesRegex(NoComponentError, "picky.*it takes no res.partner"):
            self.work.component("task")

    def test_a_component_that_does_not_refuse_is_still_asked_to_match(self):
        self._build(
            "picky",
            _component_refusal=classmethod(lambda cls, work: None),
            _component_match=classmethod(lambda cls, work: work.model_name == "x"),
        )
        self.assertEqual(self.work.many_components("task"), [])

    def test_the_most_specific_of_several_is_taken(self):
        precedes = classmethod(lambda cls, other: cls.rank > other.rank)
        for rank in (1, 3, 2):
            self._build(f"rank {rank}", rank=rank, _component_precedes=precedes)
        self.assertEqual(self.work.component("task")._name, "rank 3")
        self.assertEqual(len(self.work.many_components("task")), 3)

    def test_components_of_one_rank_are_too_many(self):
        precedes = classmethod(lambda cls, other: cls.rank > other.rank)
        for name, rank in (("a", 1), ("b", 2), ("c", 2)):
            self._build(name, rank=rank, _component_precedes=precedes)
        with self.assertRaises(SeveralComponentError):
            self.work.component("task")
