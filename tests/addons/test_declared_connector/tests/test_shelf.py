"""What a resource declares of records that need more than a map."""

from unittest.mock import patch
from urllib.parse import urlsplit

from ..shelf import PantryShelf
from .pantry_case import SHELVES, PantryCase

SHELF = "pantry.shelf"


class TestShelf(PantryCase):
    def shelf(self, **attributes):
        """Add a shelf to the server."""
        attributes = {"title": "Spices", "views": 0, **attributes}
        return self.server.add(SHELVES, attributes=attributes)

    def change(self, record, **attributes):
        """Change a shelf; its stamp tells nothing."""
        attributes = {**record["attributes"], **attributes}
        record.update(self.server.change(SHELVES, record["id"], attributes=attributes))

    def import_result(self, record):
        with self.backend.work_on(SHELF) as work:
            importer = work.component(usage="record.importer")
            return importer.import_one(record["id"])

    def import_page(self):
        self.env[SHELF].import_batch(self.backend)

    # -- parse

    def test_a_record_is_mapped_as_it_was_parsed(self):
        self.assertEqual(self.imported(SHELF, self.shelf()).name, "Spices")

    def test_the_records_of_a_page_are_parsed(self):
        records = [self.shelf(title=title) for title in ("Spices", "Tea")]
        self.import_page()
        names = [self.binding(SHELF, record).name for record in records]
        self.assertEqual(names, ["Spices", "Tea"])

    def test_a_record_that_cannot_be_parsed_fails_alone_as_it_was_received(self):
        good = self.shelf()
        bad = self.server.add(SHELVES, title="Not in attributes")
        run = self.env["connector.sync.run"].create(
            {
                "backend_model": self.backend._name,
                "backend_id": self.backend.id,
                "model": SHELF,
                "direction": "import",
            }
        )
        self.env[SHELF].with_context(connector_sync_run=run.id).import_batch(
            self.backend
        )
        self.assertTrue(self.binding(SHELF, good))
        line = run.line_ids
        self.assertEqual(line.external_id, str(bad["id"]))
        self.assertEqual(line.payload["title"], "Not in attributes")
        self.assertFalse(line.record_id)

    def test_a_function_can_parse(self):
        def parse(record):
            return {"title": record["attributes"]["title"].title()}

        resource = PantryShelf._resource
        with patch.dict(vars(resource), parse=parse):
            shelf = self.imported(SHELF, self.shelf(title="green tea"))
        self.assertEqual(shelf.name, "Green Tea")

    def test_a_preview_of_received_content_parses_it(self):
        record = self.shelf()
        with self.backend.work_on(SHELF) as work:
            previewer = work.component(usage="import.previewer")
            for external_id in (record["id"], None):
                preview = previewer.run(external_id, payload=record)
                new = {line.name: line.new for line in preview.lines}
                self.assertEqual(new["name"], "Spices")

    # -- record_query

    def test_a_request_for_one_record_has_its_own_parameters(self):
        record = self.shelf()
        self.imported(SHELF, record)
        self.import_page()
        queries = {
            urlsplit(seen.path).path: urlsplit(seen.path).query
            for seen in self.server.seen
            if seen.method == "GET"
        }
        self.assertEqual(queries[f"{SHELVES}/{record['id']}"], "include=jars")
        self.assertNotIn("include", queries[SHELVES])

    # -- version_type="content"

    def test_the_same_content_is_unchanged_whatever_its_stamp(self):
        record = self.shelf()
        self.assertEqual(self.import_result(record).kind, "created")
        self.change(record, views=7)
        self.assertEqual(self.import_result(record).kind, "unchanged")
        self.assertEqual(self.server.calls("GET", SHELVES), 2)

    def test_other_content_is_imported_whatever_its_stamp(self):
        record = self.shelf()
        self.import_result(record)
        with self.server._lock:
            stored = self.server._table(SHELVES)[str(record["id"])]
            stored["attributes"] = {"title": "Herbs"}
        self.assertEqual(self.import_result(record).kind, "updated")
        self.assertEqual(self.binding(SHELF, record).name, "Herbs")

    def test_the_content_includes_lines_and_their_ids(self):
        record = self.shelf(jars=[{"id": 1, "label": "Salt"}])
        self.import_result(record)
        self.change(record, jars=[{"id": 1, "label": "Salt", "stock": 3}])
        self.assertEqual(self.import_result(record).kind, "unchanged")
        self.change(record, jars=[{"id": 2, "label": "Salt"}])
        self.assertEqual(self.import_result(record).kind, "updated")

    def test_the_content_is_all_that_code_may_read(self):
        self.patch(PantryShelf, "_after_import", lambda shelf: None)
        record = self.shelf()
        self.import_result(record)
        before = self.binding(SHELF, record).external_version
        self.change(record, views=7)
        self.import_result(record)
        self.assertNotEqual(self.binding(SHELF, record).external_version, before)

    def test_content_is_no_cursor(self):
        with self.backend.work_on(SHELF) as work:
            importer = work.component(usage="batch.importer")
            self.assertIsNone(importer._cursor_field(None))

    # -- lines that are not listed any more

    def test_a_line_no_longer_listed_is_archived_until_it_is_listed_again(self):
        salt = {"id": 1, "label": "Salt"}
        record = self.shelf(jars=[salt])
        shelf = self.imported(SHELF, record)
        jar = shelf.jar_ids
        self.change(record, jars=[])
        self.imported(SHELF, record)
        self.assertFalse(jar.odoo_id.active)
        self.change(record, jars=[salt])
        self.imported(SHELF, record)
        self.assertTrue(jar.odoo_id.active)
        self.assertEqual(shelf.jar_ids, jar)

    def test_a_line_with_id_0_is_the_same_line_again(self):
        record = self.shelf(jars=[{"id": 0, "label": "Salt"}])
        shelf = self.imported(SHELF, record)
        jar = shelf.jar_ids
        self.change(record, jars=[{"id": 0, "label": "Sea Salt"}])
        self.imported(SHELF, record)
        self.assertEqual((shelf.jar_ids, jar.name), (jar, "Sea Salt"))
        self.change(record, jars=[])
        self.imported(SHELF, record)
        self.assertFalse(jar.odoo_id.active)

    def test_lines_can_have_ids_in_another_key(self):
        line_of = self.env["pantry.shelf.jar"]._line_of
        record = self.shelf(jars=[{"jar_id": 7, "label": "Salt"}])
        with patch.dict(vars(line_of), id_key="jar_id"):
            shelf = self.imported(SHELF, record)
        self.assertEqual(shelf.jar_ids.external_id, 7)

    def test_a_line_no_longer_listed_can_be_kept(self):
        record = self.shelf(jars=[{"id": 1, "label": "Salt"}])
        shelf = self.imported(SHELF, record)
        self.change(record, jars=[])
        line_of = self.env["pantry.shelf.jar"]._line_of
        with patch.dict(vars(line_of), on_remote_delete="keep"):
            self.imported(SHELF, record)
        self.assertTrue(shelf.jar_ids.odoo_id.active)
