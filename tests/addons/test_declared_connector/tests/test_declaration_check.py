import inspect
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from odoo.addons.connector.api import (
    Binding,
    Flow,
    LineOf,
    bound,
    by_path,
    for_version,
    lines,
    search_by,
    upper,
)
from odoo.addons.connector.declaration_check import (
    DeclarationError,
    _line,
    check_declarations,
)

from ..models import PantryBackend, PantryGuest


@tagged("post_install", "-at_install")
class TestDeclarationCheck(TransactionCase):
    def mistakes(self):
        with self.assertRaises(DeclarationError) as caught:
            check_declarations(self.env)
        return str(caught.exception)

    def import_map(self, *entries):
        self.patch(PantryGuest, "_import_map", entries)
        return self.mistakes()

    def test_what_is_declared_here_is_right(self):
        check_declarations(self.env)

    def test_an_unknown_field_is_named_with_the_nearest_one(self):
        text = self.import_map(("mail", "emial"))
        self.assertIn("PantryGuest._import_map", text)
        self.assertIn("field of pantry.res.partner named 'emial'", text)
        self.assertIn("Did you mean 'email'?", text)

    def test_an_unknown_model_of_a_relation(self):
        text = self.import_map((bound("boss", "pantry.res.partnr"), "employer_id"))
        self.assertIn("Did you mean 'pantry.res.partner'?", text)

    def test_a_relation_needs_a_many2one(self):
        text = self.import_map((bound("boss", "pantry.res.partner"), "name"))
        self.assertIn("no many2one", text)

    def test_an_unknown_field_to_search_by(self):
        step = upper("country") >> search_by("res.country", "cod")
        text = self.import_map((step, "country_id"))
        self.assertIn("field of res.country named 'cod'. Did you mean 'code'?", text)

    def test_an_unknown_model_to_search_in(self):
        text = self.import_map(("country" >> search_by("res.contry", "code"), "name"))
        self.assertIn("Did you mean 'res.country'?", text)

    def test_unknown_lines(self):
        text = self.import_map((lines("items", "pantry.order.lin"), "name"))
        self.assertIn("Did you mean 'pantry.order.line'?", text)
        self.assertIn("no one2many", text)

    def test_a_wrong_version(self):
        text = self.import_map(for_version("newer", ("name", "name")))
        self.assertIn("'newer' is not a version specifier", text)

    def test_an_entry_that_is_none(self):
        self.assertIn("expected (source, target)", self.import_map(by_path("a.b")))

    def test_all_mistakes_are_reported_at_once(self):
        text = self.import_map(("a", "nam"), ("b", "emial"))
        self.assertEqual(len(text.splitlines()), 2)

    def test_an_unknown_field_to_export(self):
        self.patch(PantryGuest, "_export_map", [("country_id.cod", "country")])
        self.assertIn("named 'cod'. Did you mean 'code'?", self.mistakes())

    def test_flows(self):
        flows = [
            Flow("one", "One", "import", "pantry.gest"),
            Flow("one", "One", "imports", PantryGuest, method="action_strt_flow"),
        ]
        self.patch(PantryBackend, "_sync_flows", lambda backend: flows)
        text = self.mistakes()
        self.assertIn("named 'pantry.gest'", text)
        self.assertIn("two flows are named 'one'", text)
        self.assertIn("import or export, not 'imports'", text)
        self.assertIn("Did you mean 'action_start_flow'?", text)

    def test_a_flow_whose_records_cannot_be_read(self):
        self.patch(PantryGuest, "_resource", None)
        self.assertIn("declares no _resource", self.mistakes())

    def test_an_unknown_backend(self):
        self.patch(PantryGuest, "_backend", "pantry.backnd")
        self.assertIn("Did you mean 'pantry.backend'?", self.mistakes())

    def test_a_model_to_bind_that_does_not_exist(self):
        for attributes in (
            {"_binds": "res.partne"},
            {"_line_of": LineOf("pantry.ordr", "order_id", "line_ids", "bill_id")},
        ):
            with self.assertRaisesRegex(DeclarationError, "Did you mean"):
                type(PantryGuest)(
                    "Nobody",
                    (Binding,),
                    {
                        "__module__": PantryGuest.__module__,
                        "_name": "pantry.nobody",
                        "_description": "Nobody",
                        "_backend": "pantry.backend",
                        **attributes,
                    },
                )

    def test_the_line_of_a_mistake(self):
        source = Path(inspect.getsourcefile(PantryGuest)).read_text().splitlines()
        line = _line(PantryGuest, "_import_map", "country_id")
        self.assertIn(
            'search_by("res.country", "code"), "country_id"', source[line - 1]
        )
        line = _line(PantryGuest, "_import_map", "unheard of")
        self.assertIn("_import_map", source[line - 1])

    def test_the_place_of_a_mistake_is_its_file(self):
        text = self.import_map(("mail", "emial"))
        self.assertRegex(text, r"test_declared_connector/models\.py:\d+: PantryGuest")
