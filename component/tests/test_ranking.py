from odoo.addons.component.exception import SeveralComponentError

from .registry_case import RegistryCase


class TestRanking(RegistryCase):
    """Of several components that match, the most specific one is used."""

    def setUp(self):
        super().setUp()
        self.work = self.work_on()

    def test_the_most_specific_of_several_is_found(self):
        precedes = classmethod(lambda cls, other: cls.rank > other.rank)
        for rank in (1, 3, 2):
            self.build(f"rank {rank}", rank=rank, _component_precedes=precedes)
        self.assertEqual(self.work.component("task")._name, "rank 3")
        self.assertEqual(len(self.work.many_components("task")), 3)

    def test_components_of_equal_rank_are_an_error(self):
        precedes = classmethod(lambda cls, other: cls.rank > other.rank)
        for name, rank in (("a", 1), ("b", 2), ("c", 2)):
            self.build(name, rank=rank, _component_precedes=precedes)
        with self.assertRaises(SeveralComponentError):
            self.work.component("task")
