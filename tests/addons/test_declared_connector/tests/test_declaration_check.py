import inspect
from dataclasses import replace
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from odoo.addons.connector.api import (
    Binding,
    Flow,
    LineOf,
    Resource,
    bound,
    by_path,
    for_version,
    key,
    lines,
    method,
    optional,
    search_by,
    upper,
    value_map,
)
from odoo.addons.connector.declaration_check import check_declarations
from odoo.addons.connector.declaration_place import DeclarationError, _line

from ..models import PantryBackend, PantryGuest, PantryOrderLine
from ..shelf import PantryShelf


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

    def test_a_source_that_is_no_key(self):
        text = self.import_map((optional(lines("items", PantryShelf)), "name"))
        self.assertIn("is no value: declare lines(optional(...))", text)
        self.assertIn("expected the name of a key, got 3", self.import_map((3, "name")))

    def test_what_a_missing_record_means(self):
        source = bound("boss", PantryGuest, missing="emty")
        text = self.import_map((source, "employer_id"))
        self.assertIn("value of missing named 'emty'. Did you mean 'empty'?", text)

    def test_an_unknown_method_to_export(self):
        self.patch(PantryGuest, "_export_map", [(method("name", "_nme_get"), "name")])
        self.assertIn("method of pantry.res.partner named '_nme_get'", self.mistakes())

    def test_a_method_of_records_to_export_in_an_import(self):
        text = self.import_map((method("name", "_compute_name"), "name"))
        self.assertIn("is for records to export", text)

    def test_a_target_that_is_mapped_twice(self):
        text = self.import_map(("a", "name"), ("b", "name"))
        self.assertIn("'name' is mapped 2 times", text)
        text = self.import_map(for_version("<2", ("a", "name"), ("b", "name")))
        self.assertIn("'name' is mapped 2 times", text)

    def test_a_target_may_differ_for_some_versions(self):
        entries = ("a", "name"), for_version("<2", ("b", "name"))
        self.patch(PantryGuest, "_import_map", entries)
        check_declarations(self.env)

    def test_a_key_that_is_a_value_and_a_dict(self):
        self.patch(PantryGuest, "_export_map", [("name", "a"), ("email", "a.b")])
        self.assertIn("'a' is a value, so that 'a.b' has no place", self.mistakes())

    def test_a_key_that_is_a_value_in_one_version_and_a_dict_in_another(self):
        entries = (
            for_version("<2", ("name", "a")),
            for_version(">=2", ("name", "a.b")),
        )
        self.patch(PantryGuest, "_export_map", entries)
        check_declarations(self.env)
        entry = for_version(">=2", ("email", "a"))
        self.patch(PantryGuest, "_export_map", (*entries, entry))
        self.assertIn("'a' is a value, so that 'a.b' has no place", self.mistakes())

    def test_a_value_map_that_is_no_dict(self):
        text = self.import_map((key("name") >> value_map(["a", "b"]), "name"))
        self.assertIn("value_map takes a dict of values, not ['a', 'b']", text)

    def test_a_value_that_a_selection_does_not_have(self):
        text = self.import_map((key("k") >> value_map({"x": "persn"}), "company_type"))
        self.assertIn("value of company_type named 'persn'", text)
        self.assertIn("Did you mean 'person'?", text)

    def test_values_of_a_record_to_create(self):
        step = search_by("res.country", "code", create={"nam": "?"})
        text = self.import_map((key("country") >> step, "country_id"))
        self.assertIn("field of res.country named 'nam'. Did you mean 'name'?", text)

    def test_another_model_is_searched(self):
        text = self.import_map(
            (key("c") >> search_by("res.lang", "code"), "country_id")
        )
        self.assertIn("country_id is a res.country, but res.lang is searched", text)

    def resource(self, **arguments):
        self.patch(PantryGuest, "_resource", Resource("/api/guests", **arguments))
        return self.mistakes()

    def test_values_of_a_resource(self):
        text = self.resource(
            id_key=None,
            list_key=3,
            version_key=None,
            version_type="date",
            match_policy="remot",
            import_by="pages",
            on_remote_delete="archived",
            update_method="PATCHES",
            paging=None,
            query=["order"],
            parse="_parse_nothing",
            match_field="emial",
        )
        for message in (
            "id_key is the name of a key, not None",
            "list_key is the name of a key, not 3",
            "no version_type of a Resource named 'date'. Did you mean 'datetime'?",
            "no match_policy of a Resource named 'remot'. Did you mean 'remote'?",
            "no import_by of a Resource named 'pages'. Did you mean 'page'?",
            "named 'archived'. Did you mean 'archive'?",
            "no update_method of a Resource named 'PATCHES'. Did you mean 'PATCH'?",
            "None is no paging",
            "query is a dict, not ['order']",
            "method of pantry.res.partner named '_parse_nothing'",
            "field of res.partner named 'emial'. Did you mean 'email'?",
        ):
            self.assertIn(message, text)
        self.assertEqual(len(text.splitlines()), 11, text)
        self.assertNotIn("version_key", text)

    def test_a_resource_that_is_none(self):
        self.patch(PantryGuest, "_resource", "/api/guests")
        self.assertIn("expected Resource(...), got '/api/guests'", self.mistakes())

    def test_a_match_needs_a_record_to_bind(self):
        self.patch(PantryShelf, "_resource", Resource("/x", match_field="name"))
        self.assertIn("match_field requires _binds", self.mistakes())

    def test_a_name_of_bindings_that_is_taken(self):
        self.patch(PantryGuest, "_bindings_field", "child_ids")
        text = self.mistakes()
        self.assertIn("res.partner has another field 'child_ids', of base", text)

    def test_lines(self):
        self.patch(
            PantryOrderLine,
            "_line_of",
            LineOf("pantry.order", "guest_id", "partner_id", "bil_id", "archived"),
        )
        text = self.mistakes()
        for message in (
            "guest_id is no many2one to pantry.order",
            "field of pantry.item named 'bil_id'. Did you mean 'bill_id'?",
            "named 'archived'. Did you mean 'archive'?",
        ):
            self.assertIn(message, text)

    def test_lines_that_cannot_be_archived(self):
        line_of = replace(PantryOrderLine._line_of, on_remote_delete="archive")
        self.patch(PantryOrderLine, "_line_of", line_of)
        self.assertIn("pantry.order.line has no field active", self.mistakes())

    def test_the_record_of_a_line_is_bound_by_another_model(self):
        line_of = replace(PantryOrderLine._line_of, odoo_field="guest_id")
        self.patch(PantryOrderLine, "_line_of", line_of)
        self.assertIn("guest_id is no many2one to pantry.bill", self.mistakes())

    def test_values_of_a_flow(self):
        options = {"filters": [("a", "=", 1)], "cursor_type": "date"}
        flows = [Flow("one", "One", "import", PantryGuest, **options)]
        self.patch(PantryBackend, "_sync_flows", lambda backend: flows)
        text = self.mistakes()
        self.assertIn("filters are a dict of query parameters", text)
        self.assertIn("cursor_type of a Flow named 'date'", text)

    def test_a_flow_of_another_backend(self):
        fields = self.env["pantry.shelf"]._fields
        self.patch(fields["backend_id"], "comodel_name", "connector.backend")
        flows = [Flow("one", "One", "import", PantryShelf)]
        self.patch(PantryBackend, "_sync_flows", lambda backend: flows)
        self.assertIn("pantry.shelf belongs to connector.backend", self.mistakes())

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
