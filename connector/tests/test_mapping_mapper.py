import copy
from unittest.mock import MagicMock

from odoo.tests import tagged

from odoo.addons.component.core import Component
from odoo.addons.component.exception import NoComponentError
from odoo.addons.component.tests.registry_case import RegistryCase
from odoo.addons.connector.components.mapper import (
    MapOptions,
    changed_by,
    mapping,
    only_create,
)
from odoo.addons.connector.exception import MappingError


@tagged("post_install", "-at_install")
class TestMappingValues(RegistryCase):
    def setUp(self):
        super().setUp()
        self._load_module_components("connector")

    def _mapper(self, inherit="base.import.mapper", work=None, **attributes):
        declared = type(Component)(
            "Mapper",
            (Component,),
            {
                "__module__": __name__,
                "_name": "test.mapper",
                "_inherit": inherit,
                **attributes,
            },
        )
        self._build_components(declared)
        return self.comp_registry["test.mapper"](work or MagicMock())

    def _map(self, record, options=None, **attributes):
        mapper = self._mapper(**attributes)
        return mapper.map_record(record).values(**(options or {}))

    def test_direct_mappings_take_values_over(self):
        values = self._map(
            {"name": "Ada", "street": "Main St"},
            direct=[("name", "title"), ("street", "address")],
        )
        self.assertEqual(values, {"title": "Ada", "address": "Main St"})

    def test_what_is_missing_or_empty_is_false(self):
        values = self._map(
            {"none": None, "empty": "", "list": []},
            direct=[(name, name) for name in ("none", "empty", "list", "missing")],
        )
        for value in values.values():
            self.assertIs(value, False)

    def test_zero_is_not_lost(self):
        for inherit in ("base.import.mapper", "base.export.mapper"):
            values = self._map(
                {"qty": 0, "price": 0.0, "flag": False},
                inherit=inherit,
                direct=[("qty", "qty"), ("price", "price"), ("flag", "flag")],
            )
            self.assertEqual(repr(values), "{'qty': 0, 'price': 0.0, 'flag': False}")
            self.comp_registry._components.pop("test.mapper")

    def test_methods_come_after_direct_mappings_and_later_ones_win(self):
        @mapping
        def a(self, record):
            return {"name": record["name"] + " a", "a": 1}

        @mapping
        def b(self, record):
            return {"a": 2}

        values = self._map({"name": "x"}, direct=[("name", "name")], a=a, b=b)
        self.assertEqual(values, {"name": "x a", "a": 2})

    def test_a_mapping_may_return_nothing(self):
        self.assertEqual(self._map({}, a=mapping(lambda self, record: None)), {})

    def test_a_mapping_that_returns_no_dict_is_named(self):
        @mapping
        def wrong(self, record):
            return ["x"]

        with self.assertRaisesRegex(ValueError, r"test\.mapper.*wrong.*\['x'\]"):
            self._map({}, wrong=wrong)

    def test_only_create_is_left_out_of_updates(self):
        mapper = self._mapper(a=only_create(mapping(lambda self, record: {"a": 1})))
        record = mapper.map_record({})
        self.assertEqual(record.values(), {})
        self.assertEqual(record.values(for_create=True), {"a": 1})

    def test_asked_fields_leave_out_what_does_not_depend_on_them(self):
        mapper = self._mapper(
            direct=[("name", "title"), ("city", "city")],
            a=changed_by("street", "city")(mapping(lambda self, record: {"a": 1})),
            b=changed_by("street")(mapping(lambda self, record: {"b": 1})),
            c=mapping(lambda self, record: {"c": 1}),
        )
        record = mapper.map_record({"name": "x", "city": "y"})
        self.assertEqual(record.values(fields=["city"]), {"city": "y", "a": 1, "c": 1})
        self.assertEqual(len(record.values(fields=[])), 5)

    def test_forced_values_win_over_everything(self):
        def finalize(self, record, values):
            return {**values, "final": True, "name": "final"}

        mapper = self._mapper(direct=[("name", "name")], finalize=finalize)
        record = mapper.map_record({"name": "x"})
        record.update({"name": "forced"}, more=1)
        self.assertEqual(record.values(), {"name": "forced", "final": True, "more": 1})

    def test_options_reach_mapping_methods(self):
        @mapping
        def a(self, record):
            return {
                "custom": self.options.custom,
                "missing": self.options.missing,
                "key": self.options["custom"],
            }

        self.assertEqual(
            self._map({}, {"custom": "x"}, a=a),
            {"custom": "x", "missing": None, "key": "x"},
        )

    def test_options_of_a_mapping_that_failed_are_gone(self):
        @mapping
        def failing(self, record):
            raise RuntimeError("oops")

        mapper = self._mapper(failing=failing)
        with self.assertRaises(RuntimeError):
            mapper.map_record({}).values(for_create=True)
        self.assertIsNone(mapper.options)

    def test_options_are_a_dict(self):
        options = MapOptions({"a": 1}, b=2)
        options.c = 3
        self.assertEqual(options, {"a": 1, "b": 2, "c": 3})
        self.assertEqual(copy.deepcopy(options), options)
        # Dict methods keep their names, whatever options there are.
        self.assertEqual(MapOptions(items=[1])["items"], [1])
        self.assertEqual(list(MapOptions(items=[1]).items()), [("items", [1])])

    def test_an_unknown_field_is_named(self):
        work = MagicMock()
        work.model = self.env["res.partner"]
        with self.assertRaisesRegex(MappingError, "res.partner has no field 'nome'"):
            self._mapper(work=work, direct=[("name", "nome")]).map_record(
                {"name": "x"}
            ).values()

    # -- children

    def _child_work(self, items="list"):
        """Map children with a mapper that reads its options."""

        class ChildMapper(Component):
            _name = "test.child.mapper"
            _inherit = "base.export.mapper"
            direct = [("sku", "sku")]

            @changed_by("qty")
            @mapping
            def quantity(self, record):
                return {"qty": record["qty"], "new": self.options.for_create}

        self._build_components(ChildMapper)
        child_mapper = self.comp_registry["test.child.mapper"](MagicMock())

        class ChildWork(MagicMock):
            def component(self, usage=None, model_name=None):
                if usage.endswith("map.child"):
                    raise NoComponentError()
                return child_mapper

            def component_by_name(this, name, model_name=None):
                return self.comp_registry[name](this)

        return ChildWork()

    def test_children_are_mapped_by_the_mapper_of_their_model(self):
        mapper = self._mapper(
            inherit="base.export.mapper",
            work=self._child_work(),
            children=[("lines", "items", "test.line")],
        )
        record = mapper.map_record(
            {"lines": [{"sku": "a", "qty": 1}, {"sku": "b", "qty": 2}]}
        )
        self.assertEqual(
            record.values(for_create=True),
            {
                "items": [
                    {"sku": "a", "qty": 1, "new": True},
                    {"sku": "b", "qty": 2, "new": True},
                ]
            },
        )

    def test_children_are_imported_by_commands(self):
        mapper = self._mapper(
            work=self._child_work(), children=[("lines", "items", "test.line")]
        )
        record = mapper.map_record({"lines": [{"sku": "a", "qty": 1}]})
        self.assertEqual(
            record.values(), {"items": [(0, 0, {"sku": "a", "qty": 1, "new": None})]}
        )

    def test_asking_for_the_lines_of_a_record_gives_whole_lines(self):
        mapper = self._mapper(
            inherit="base.export.mapper",
            work=self._child_work(),
            direct=[("name", "name")],
            children=[("lines", "items", "test.line")],
        )
        record = mapper.map_record({"name": "x", "lines": [{"sku": "a", "qty": 1}]})
        self.assertEqual(
            record.values(fields=["lines"]),
            {"items": [{"sku": "a", "qty": 1, "new": None}]},
        )
        self.assertEqual(record.values(fields=["name"]), {"name": "x"})

    def test_missing_lines_are_named(self):
        mapper = self._mapper(
            work=self._child_work(), children=[("lines", "items", "test.line")]
        )
        for record in ({}, {"lines": None}):
            with self.assertRaisesRegex(
                MappingError, r"test\.mapper.*'lines'.*'items'.*test\.line"
            ):
                mapper.map_record(record).values()
