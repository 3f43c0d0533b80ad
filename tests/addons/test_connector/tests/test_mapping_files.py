"""Files and images, fetched by their addresses over real HTTP."""

import base64
import io
from unittest.mock import patch

from PIL import Image

from odoo.addons.connector.components.http import anonymous
from odoo.addons.connector.components.importing.bulk import BulkImporter
from odoo.addons.connector.components.mapper import FileSource, file, image
from odoo.addons.connector.exception import MappingError
from odoo.addons.connector.tests.http_server import ScriptedServer

from .kiosk_case import GUEST, PATH, KioskCase


def png(color):
    content = io.BytesIO()
    Image.new("RGB", (2, 2), color).save(content, "PNG")
    return content.getvalue()


RED, BLUE = png("red"), png("blue")


class FilesCase(KioskCase):
    """A kiosk with photos: its own, and those of another host."""

    def setUp(self):
        super().setUp()
        with self.work_on(self.backend, GUEST) as work:
            self.mapper = type(work.component(usage="import.mapper"))
            self.importer = type(work.component(usage="record.importer"))
        self.map_photo(image("photo"))
        self.files = {"/files/red.png": (RED, 200, {"ETag": '"1"'})}
        self.asked = []
        respond = self.server.respond

        def respond_with_files(call):
            if call.path not in self.files:
                return respond(call)
            self.asked.append(call)
            content, status, headers = self.files[call.path]
            etag = headers.get("ETag")
            if etag and call.headers.get("if-none-match") == etag:
                return None, 304, {}
            return content, status, headers

        self.server.respond = respond_with_files
        self.elsewhere = self.enterContext(ScriptedServer())

    def map_photo(self, source, name="image_1920"):
        self.patch(self.mapper, "direct", [("name", "name"), (source, name)])

    def own(self, name="red"):
        return f"{self.server.url}/files/{name}.png"

    def import_photo(self, address, **values):
        """Import a new guest with a photo; return its binding and its run."""
        record = self.guest(1, photo=address, **values)
        run = self.sync()
        binding = self.env[GUEST].search([("external_id", "=", str(record["id"]))])
        return binding, run

    def start_over(self):
        self.server._tables[PATH].clear()
        self.env[GUEST].search([]).unlink()
        self.lines.search([]).unlink()

    def change(self, binding, **values):
        self.server.change(PATH, int(binding.external_id), **values)
        return self.sync()

    def photo(self, binding):
        """Return the color of a photo; ``None`` if there is none."""
        if not binding.image_1920:
            return None
        content = io.BytesIO(base64.b64decode(binding.image_1920))
        return Image.open(content).convert("RGB").getpixel((0, 0))


class TestImportFiles(FilesCase):
    def test_a_photo_of_the_backend_is_fetched_with_its_credentials(self):
        binding, run = self.import_photo(self.own())
        self.assertEqual((run.state, run.created), ("done", 1))
        self.assertEqual(self.photo(binding), (255, 0, 0))
        self.assertFalse(self.server.refused)
        self.assertEqual(binding.file_sources, {"image_1920": [self.own(), '"1"', ""]})

    def test_a_relative_address_is_on_the_backend(self):
        binding, _run = self.import_photo("/files/red.png")
        self.assertEqual(self.photo(binding), (255, 0, 0))

    def test_a_photo_of_another_host_is_fetched_anonymously(self):
        self.elsewhere.add_response(BLUE, Set_Cookie="session=1")
        self.elsewhere.add_response(BLUE)
        url = self.elsewhere.url.replace("://", "://someone:secret@")
        binding, _run = self.import_photo(f"{url}/blue.png")
        self.assertEqual(self.photo(binding), (0, 0, 255))
        self.change(binding, photo=f"{url}/other.png")
        self.assertEqual(len(self.elsewhere.seen), 2)
        for seen in self.elsewhere.seen:
            self.assertNotIn("authorization", seen.headers)
            self.assertNotIn("cookie", seen.headers)
        self.assertNotIn("secret", str(binding.file_sources))

    def test_a_redirect_to_another_host_leaks_no_credentials(self):
        self.files["/files/red.png"] = (
            b"",
            302,
            {"Location": f"{self.elsewhere.url}/blue.png"},
        )
        self.elsewhere.add_response(BLUE)
        binding, _run = self.import_photo(self.own())
        self.assertEqual(self.photo(binding), (0, 0, 255))
        self.assertNotIn("authorization", self.elsewhere.seen[0].headers)

    def test_an_unchanged_record_asks_for_nothing(self):
        binding, _run = self.import_photo(self.own())
        self.sync()
        self.sync(full=True)
        self.assertEqual(len(self.asked), 1)
        self.assertEqual(self.photo(binding), (255, 0, 0))

    def test_the_same_address_is_asked_conditionally_if_the_record_changed(self):
        binding, _run = self.import_photo(self.own())
        run = self.change(binding, name="Changed")
        self.assertEqual(self.asked[-1].headers["if-none-match"], '"1"')
        self.assertEqual((len(self.asked), run.updated), (2, 1))
        self.assertEqual(self.photo(binding), (255, 0, 0))
        self.files["/files/red.png"] = (BLUE, 200, {"ETag": '"2"'})
        run = self.change(binding, nothing="mapped")
        self.assertEqual(self.photo(binding), (0, 0, 255))
        self.assertEqual(
            (run.updated, binding.file_sources["image_1920"][1]), (1, '"2"')
        )

    def test_the_time_of_change_serves_as_well(self):
        stamp = "Wed, 21 Oct 2026 07:28:00 GMT"
        self.files["/files/red.png"] = (RED, 200, {"Last-Modified": stamp})
        binding, _run = self.import_photo(self.own())
        self.change(binding, name="Changed")
        self.assertEqual(self.asked[-1].headers["if-modified-since"], stamp)

    def test_without_either_the_same_address_is_not_asked(self):
        self.files["/files/red.png"] = (RED, 200, {})
        binding, _run = self.import_photo(self.own())
        self.change(binding, name="Changed")
        self.assertEqual(len(self.asked), 1)

    def test_another_address_is_fetched(self):
        self.files["/files/blue.png"] = (BLUE, 200, {"ETag": '"1"'})
        binding, _run = self.import_photo(self.own())
        self.change(binding, photo=self.own("blue"))
        self.assertEqual(self.photo(binding), (0, 0, 255))
        self.assertNotIn("if-none-match", self.asked[-1].headers)

    def test_no_address_clears_the_field_and_a_missing_key_does_not(self):
        binding, _run = self.import_photo(self.own())
        table = self.server._tables[PATH]
        del table[binding.external_id]["photo"]
        self.change(binding, name="Changed")
        self.assertEqual(self.photo(binding), (255, 0, 0))
        self.change(binding, photo=None)
        self.assertIsNone(self.photo(binding))
        self.assertFalse(binding.file_sources)

    def test_bulk_imports_fetch_too(self):
        with self.work_on(self.backend, GUEST) as work:
            batch = type(work.component(usage="batch.importer"))
        for name in ("_import_page", "_import_together", "_save_together"):
            way = getattr(BulkImporter, name)
            self.enterContext(patch.object(batch, name, way, create=True))
        binding, run = self.import_photo(self.own())
        self.assertEqual((run.created, self.photo(binding)), (1, (255, 0, 0)))
        self.assertEqual(len(self.asked), 1)

    def test_a_preview_fetches_nothing(self):
        record = self.guest(1, photo=self.own())
        with self.work_on(self.backend, GUEST) as work:
            preview = work.component(usage="import.previewer").run(record["id"])
        self.assertEqual(preview.kind, "created")
        self.assertNotIn("image_1920", [line.name for line in preview.lines])
        self.assertFalse(self.asked)


class TestFailedFiles(FilesCase):
    def assert_failed(self, address, reason):
        binding, run = self.import_photo(address)
        self.assertEqual((run.state, run.failed), ("failed", 1))
        self.assertIn(reason, run.line_ids.reason)
        self.assertIn("Image", run.line_ids.reason)
        self.assertEqual((binding.name, self.photo(binding)), ("Guest 1", None))
        return binding, run

    def test_the_other_values_are_kept_and_the_file_is_retried(self):
        self.files["/files/red.png"] = (b"", 500, {})
        with patch("time.sleep"):
            binding, run = self.assert_failed(self.own(), "500")
        self.files["/files/red.png"] = (RED, 200, {})
        self.let_time_pass()
        later = self.sync()
        self.assertEqual((later.state, later.updated), ("done", 1))
        self.assertEqual(self.photo(binding), (255, 0, 0))
        self.assertEqual(run.failed, 0)

    def test_the_line_can_be_retried_by_hand(self):
        binding, run = self.assert_failed(self.own("blue"), "404")
        self.files["/files/blue.png"] = (BLUE, 200, {})
        run.line_ids.action_retry()
        self.run_jobs()
        run._settle()
        self.assertEqual((run.state, run.failed), ("done", 0))
        self.assertEqual(self.photo(binding), (0, 0, 255))

    def test_a_dependency_without_its_file_is_reported_and_fails_no_record(self):
        other = self.guest(2, photo=self.own("missing"))["id"]
        record = self.guest(1, photo=None)["id"]

        def needs(importer, record):
            return [] if record["id"] == other else [(other, GUEST)]

        self.patch(self.importer, "_dependencies", needs)
        self.env[GUEST].import_record(self.backend, record)
        self.assertEqual(self.names(), ["Guest 1", "Guest 2"])
        line = self.lines.search([("kind", "=", "failed")])
        self.assertEqual(line.external_id, str(other))

    def test_a_condition_that_could_not_be_asked_is_asked_again(self):
        binding, _run = self.import_photo(self.own())
        self.files["/files/red.png"] = (b"", 403, {})
        run = self.change(binding, name="Changed")
        self.assertEqual((run.failed, binding.name), (1, "Changed"))
        self.assertEqual(self.photo(binding), (255, 0, 0))
        self.files["/files/red.png"] = (BLUE, 200, {})
        self.let_time_pass()
        self.sync()
        self.assertEqual(self.photo(binding), (0, 0, 255))

    def test_a_missing_file(self):
        self.assert_failed(self.own("missing"), "404")

    def test_another_host_that_cannot_be_reached(self):
        with ScriptedServer() as gone:
            address = f"{gone.url}/x.png"
        self.assert_failed(address, "Image")
        self.assertEqual(self.backend.circuit_state, "closed")

    def test_another_host_that_has_no_such_file(self):
        self.elsewhere.add_response(b"gone", status=410)
        self.assert_failed(f"{self.elsewhere.url}/x.png", "410")

    def test_what_is_no_image(self):
        svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'
        for content in (b"<html></html>", svg, RED[:40]):
            with self.subTest(content):
                self.start_over()
                self.files["/files/red.png"] = (content, 200, {})
                self.assert_failed(self.own(), "no readable image")

    def test_a_file_that_is_too_large(self):
        self.map_photo(image("photo", max_bytes=50))
        self.assert_failed(self.own(), "50 bytes")

    def test_a_file_of_another_host_that_is_too_large(self):
        self.map_photo(image("photo", max_bytes=50))
        self.elsewhere.add_response(BLUE)
        self.assert_failed(f"{self.elsewhere.url}/x.png", "50 bytes")

    def test_an_endless_redirection(self):
        for _request in range(9):
            self.elsewhere.add_response(b"", status=302, Location="/x.png")
        self.assert_failed(f"{self.elsewhere.url}/x.png", "302")
        self.assertLess(len(self.elsewhere.seen), 9)

    def test_addresses_that_are_not_on_the_web(self):
        for address in ("file:///etc/passwd", "ftp://host/x.png", "http://[::1/x"):
            with self.subTest(address):
                self.start_over()
                self.assert_failed(address, "Image")

    def test_link_local_addresses(self):
        for host in ("169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]"):
            with self.subTest(host):
                self.start_over()
                self.assert_failed(f"http://{host}/x.png", "no files are downloaded")

    def test_a_name_that_leads_to_a_refused_address(self):
        refused = patch.object(
            anonymous, "_is_refused", lambda host: host in ("127.0.0.1", "::1")
        )
        address = self.elsewhere.url.replace("127.0.0.1", "localhost")
        with refused:
            self.assert_failed(f"{address}/x.png", "no files are downloaded")
        self.assertFalse(self.elsewhere.seen)

    def test_a_redirect_to_a_refused_address(self):
        self.elsewhere.add_response(
            b"", status=302, Location="http://169.254.169.254/x"
        )
        self.assert_failed(f"{self.elsewhere.url}/x.png", "no files are downloaded")


class TestModifiers(FilesCase):
    def test_a_file_of_any_type(self):
        self.map_photo(file("photo"), "comment")
        with self.work_on(self.backend, GUEST) as work:
            values = (
                work.component(usage="import.mapper")
                .map_record({"name": "A", "country": "BE", "photo": " /a.pdf "})
                .values()
            )
            self.assertEqual(values["comment"], FileSource("/a.pdf"))
            self.files["/a.pdf"] = (b"%PDF", 200, {})
            fetched = work.component(usage="file.fetcher").replace_sources(
                values, work.model, []
            )
        self.assertEqual(base64.b64decode(fetched["comment"]), b"%PDF")

    def test_an_address_that_is_no_text(self):
        with self.work_on(self.backend, GUEST) as work:
            mapper = work.component(usage="import.mapper")
            with self.assertRaisesRegex(MappingError, "image_1920.*dict"):
                mapper.map_record(
                    {"name": "A", "country": "BE", "photo": {"src": "x"}}
                ).values()
