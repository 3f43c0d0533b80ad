import functools
from unittest.mock import MagicMock, Mock

from odoo.tests import TransactionCase, tagged

from odoo.addons.connector.components.mapper import (
    convert,
    external_to_m2o,
    follow_m2o_relations,
    m2o_to_external,
    none,
)
from odoo.addons.connector.components.mapping.modifier import source_name
from odoo.addons.connector.exception import MappingError


@tagged("post_install", "-at_install")
class TestModifiers(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create(
            {"name": "Ada", "country_id": cls.env.ref("base.be").id}
        )

    def _apply(self, modifier, record, target="target"):
        return modifier(MagicMock(), record, target)

    def _mapper(self, **binder):
        mapper = MagicMock(model=self.env["res.partner"])
        mapper.binder_for.return_value = Mock(**binder)
        return mapper

    def test_none_replaces_false(self):
        self.assertIsNone(self._apply(none("x"), {"x": False}))
        self.assertIsNone(self._apply(none(convert("x", bool)), {"x": ""}))
        self.assertEqual(self._apply(none("x"), {"x": "y"}), "y")

    def test_convert_leaves_empty_values_alone(self):
        self.assertEqual(self._apply(convert("x", int), {"x": "42"}), 42)
        self.assertIs(self._apply(convert("x", int), {"x": ""}), False)
        self.assertIs(self._apply(convert("x", str.upper), {"x": None}), False)

    def test_convert_gives_zero_its_type(self):
        self.assertEqual(repr(self._apply(convert("x", float), {"x": 0})), "0.0")
        self.assertEqual(self._apply(convert("x", str), {"x": 0}), "0")

    def test_modifiers_nest_in_any_order(self):
        self.assertEqual(self._apply(convert(none("x"), int), {"x": "1"}), 1)
        self.assertEqual(self._apply(none(convert("x", int)), {"x": "1"}), 1)
        upper = convert(follow_m2o_relations("country_id.code"), str.lower)
        self.assertEqual(self._apply(upper, self.partner), "be")

    def test_a_path_is_followed(self):
        follow = follow_m2o_relations("country_id.code")
        self.assertEqual(self._apply(follow, self.partner), "BE")

    def test_a_many2one_is_exported_as_external_id(self):
        mapper = self._mapper(**{"to_external.return_value": "B1"})
        value = m2o_to_external("country_id")(mapper, self.partner, "country")
        self.assertEqual(value, "B1")
        mapper.binder_for.assert_called_once_with("res.country")
        mapper.binder_for().to_external.assert_called_once_with(
            self.partner.country_id.id, wrap=False
        )

    def test_the_binding_of_a_many2one_is_looked_up(self):
        mapper = self._mapper(**{"to_external.return_value": "B1"})
        modifier = m2o_to_external("country_id", binding="x.country")
        self.assertEqual(modifier(mapper, self.partner, "country"), "B1")
        mapper.binder_for.assert_called_once_with("x.country")
        mapper.binder_for().to_external.assert_called_once_with(
            self.partner.country_id.id, wrap=True
        )

    def test_an_empty_many2one_is_false(self):
        self.partner.country_id = False
        mapper = self._mapper()
        self.assertIs(m2o_to_external("country_id")(mapper, self.partner, "x"), False)

    def test_a_relation_that_was_not_exported_is_an_error(self):
        mapper = self._mapper(**{"to_external.return_value": None})
        with self.assertRaisesRegex(MappingError, r"country_id.*no external ID"):
            m2o_to_external("country_id")(mapper, self.partner, "country")

    def test_external_id_zero_is_one(self):
        mapper = self._mapper(
            **{"to_external.return_value": 0, "_is_bound.return_value": True}
        )
        value = m2o_to_external("country_id")(mapper, self.partner, "country")
        self.assertEqual(repr(value), "0")
        mapper = self._mapper(**{"to_internal.return_value": self.partner})
        value = external_to_m2o("parent")(mapper, {"parent": 0}, "parent_id")
        self.assertEqual(value, self.partner.id)

    def test_zero_that_no_record_has_is_no_relation(self):
        mapper = self._mapper(**{"to_internal.return_value": self.partner.browse()})
        value = external_to_m2o("parent")(mapper, {"parent": 0}, "parent_id")
        self.assertIs(value, False)

    def test_an_external_id_is_imported_as_many2one(self):
        for binding, comodel in ((None, "res.partner"), ("x.partner", "x.partner")):
            mapper = self._mapper(**{"to_internal.return_value": self.partner})
            modifier = external_to_m2o("parent", binding=binding)
            value = modifier(mapper, {"parent": "P1"}, "parent_id")
            self.assertEqual(value, self.partner.id)
            mapper.binder_for.assert_called_once_with(comodel)
            mapper.binder_for().to_internal.assert_called_once_with(
                "P1", unwrap=bool(binding)
            )

    def test_an_empty_external_id_is_no_relation(self):
        for value in (None, False, ""):
            modifier = external_to_m2o("parent")
            self.assertIs(
                modifier(self._mapper(), {"parent": value}, "parent_id"), False
            )

    def test_a_binder_may_return_an_id(self):
        mapper = self._mapper(**{"to_internal.return_value": 42})
        value = external_to_m2o("parent")(mapper, {"parent": "P1"}, "parent_id")
        self.assertEqual(value, 42)

    def test_a_relation_that_was_not_imported_is_an_error(self):
        mapper = self._mapper(**{"to_internal.return_value": self.partner.browse()})
        with self.assertRaisesRegex(MappingError, "parent = 'P1'.*parent_id"):
            external_to_m2o("parent")(mapper, {"parent": "P1"}, "parent_id")

    def test_only_many2ones_are_relations(self):
        mapper = self._mapper()
        with self.assertRaisesRegex(
            ValueError, "name of res.partner is not a many2one"
        ):
            m2o_to_external("name")(mapper, self.partner, "x")
        with self.assertRaisesRegex(
            ValueError, "name of res.partner is not a many2one"
        ):
            external_to_m2o("x")(mapper, {"x": "1"}, "name")

    def test_the_source_of_a_modifier_is_known(self):
        def old_style(field):
            def modifier(self, record, to_attr):
                return record[field]

            return modifier

        for source in (
            "name",
            none("name"),
            convert(none("name"), int),
            none(old_style("name")),
            old_style(none("name")),
            external_to_m2o("name", binding="x"),
        ):
            self.assertEqual(source_name(source), "name")
        self.assertEqual(source_name(old_style(["a", "b"])), ["a", "b"])

    def test_a_modifier_that_tells_no_source_is_refused(self):
        def other(attribute):
            return lambda self, record, to_attr: record[attribute]

        with self.assertRaises(AssertionError):
            source_name(other("x"))
        with self.assertRaises(TypeError):
            source_name(lambda self, record, to_attr: 1)
        with self.assertRaises(AttributeError):
            source_name(functools.partial(other, "x"))
