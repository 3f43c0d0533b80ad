from unittest.mock import MagicMock, patch

from odoo.tests import tagged

from odoo.addons.component.core import Component
from odoo.addons.component.tests.common import TransactionComponentRegistryCase
from odoo.addons.connector.components.mapper import mapping, none, only_create
from odoo.addons.connector.components.mapping.trace import traced

RECORD = {"name": "Ada", "city": "London", "parent": ""}


@tagged("post_install", "-at_install")
class TestMappingPlan(TransactionComponentRegistryCase):
    """What a mapper does is determined once; all that was overridden is called."""

    def setUp(self):
        super().setUp()
        self._setup_registry(self)
        self.addCleanup(self._teardown_registry, self)
        self._load_module_components("connector")

    def _mapper(self, **attributes):
        declared = type(Component)(
            "Mapper",
            (Component,),
            {
                "__module__": __name__,
                "_name": "test.mapper",
                "_inherit": "base.import.mapper",
                "direct": [("name", "name"), ("city", "city"), ("parent", "parent_id")],
                **attributes,
            },
        )
        self._build_components(declared)
        return self._other_mapper()

    def _other_mapper(self, model="res.partner"):
        """Return a mapper of the same component, as the next record has it."""
        work = MagicMock()
        work.model = self.env[model]
        return self.comp_registry["test.mapper"](work)

    def _map(self, mapper, **options):
        return mapper.map_record(RECORD).values(**options)

    def test_the_next_mapper_of_a_model_has_the_same_plan(self):
        plan = self._mapper()._plan()
        self.assertIs(self._other_mapper()._plan(), plan)
        self.assertIsNot(self._other_mapper("res.company")._plan(), plan)

    def test_a_field_is_converted_by_its_type_in_each_model(self):
        record = {"user_id": "Ada"}
        mapper = self._mapper(direct=[("user_id", "user_id")])
        with self.assertRaises(ValueError):  # the binder is a test double
            mapper.work.component.return_value.to_internal.side_effect = ValueError
            mapper.map_record(record).values()
        job = self._other_mapper("ir.cron")
        with patch.object(job.model._fields["user_id"], "type", "char"):
            self.assertEqual(job.map_record(record).values(), record)

    def test_a_list_of_mappings_that_was_changed_is_mapped_as_it_is_now(self):
        mapper = self._mapper()
        self._map(mapper)
        mapper.direct.remove(("city", "city"))
        mapper.direct.append((none("parent"), "ref"))
        self.assertEqual(
            self._map(mapper), {"name": "Ada", "parent_id": False, "ref": None}
        )

    def test_an_overridden_direct_mapping_is_called_for_each_field(self):
        def _map_direct(self, record, from_attr, to_attr):
            return [from_attr, to_attr]

        values = self._map(self._mapper(_map_direct=_map_direct))
        self.assertEqual(values["name"], ["name", "name"])
        self.assertEqual(values["parent_id"], ["parent", "parent_id"])

    def test_a_patched_direct_mapping_is_called(self):
        mapper = self._mapper()
        self._map(mapper)
        for patched in (mapper, type(mapper)):
            with patch.object(patched, "_map_direct", return_value="patched"):
                self.assertEqual(set(self._map(mapper).values()), {"patched"})
        self.assertEqual(self._map(mapper)["name"], "Ada")

    def test_overridden_sources_decide_which_fields_are_asked_for(self):
        mapper = self._mapper(
            _direct_source_field_name=lambda self, source: source.upper()
        )
        self.assertEqual(self._map(mapper, fields=["CITY"]), {"city": "London"})

    def test_overridden_methods_decide_what_is_called(self):
        class Extension(Component):
            _inherit = "test.mapper"

            @property
            def map_methods(self):
                for method, definition in super().map_methods:
                    if method.__name__ != "skipped":
                        yield method, definition

        self._mapper(
            direct=[],
            kept=mapping(lambda self, record: {"kept": 1}),
            skipped=mapping(_skipped),
            new=only_create(mapping(lambda self, record: {"new": 1})),
        )
        self._build_components(Extension)
        mapper = self._other_mapper()
        self.assertEqual(self._map(mapper), {"kept": 1})
        self.assertEqual(self._map(mapper, for_create=True), {"kept": 1, "new": 1})

    def test_overridden_options_are_in_force_during_a_mapping(self):
        class Extension(Component):
            _inherit = "test.mapper"

            def _mapping_options(self, options):
                return super()._mapping_options({**options, "custom": "x"})

        self._mapper(
            direct=[], custom=mapping(lambda self, rec: {"ref": self.options["custom"]})
        )
        self._build_components(Extension)
        self.assertEqual(self._map(self._other_mapper()), {"ref": "x"})

    def test_a_trace_sees_what_a_plan_maps(self):
        mapper = self._mapper(ref=mapping(lambda self, record: {"ref": "x"}))
        self._map(mapper)
        with traced(mapper) as origins:
            self._map(mapper)
        self.assertEqual(origins["name"], ["direct: 'name'"])
        self.assertEqual(origins["ref"], ["mapping: ref"])
        origins.clear()
        self._map(mapper)
        self.assertFalse(origins)


def _skipped(self, record):
    return {"skipped": 1}


_skipped.__name__ = "skipped"
