import base64

from odoo.tests import tagged

from odoo.addons.connector.components.mapper import file
from odoo.addons.connector.exception import MappingError, UnknownFieldError
from odoo.addons.connector.tests.http_server import ScriptedServer

from .common import ShopCase

MODEL = "shop.wishlist"


class WishlistCase(ShopCase):
    def add_wishlist(self, external_id="W1", wishes=(), **values):
        """Add a wishlist to the shop."""
        values["wishes"] = [{"id": number, "what": what} for number, what in wishes]
        self.shop.resources.setdefault(MODEL, {})[external_id] = values

    def sync(self, external_id="W1"):
        """Import a wishlist; return it, and the result."""
        with self.work_on(self.backend, MODEL) as work:
            importer = work.component(usage="record.importer")
            result = importer.import_one(external_id)
        self.env.flush_all()
        return result.binding, result.kind


@tagged("post_install", "-at_install")
class TestImportLines(WishlistCase):
    def wishes(self, wishlist):
        return [(wish.external_id, wish.name) for wish in wishlist.wish_ids]

    def test_lines_imported_again_are_changed_not_added(self):
        self.add_wishlist(wishes=[(1, "A cup"), (2, "A spoon")])
        wishlist, _kind = self.sync()
        lines = wishlist.wish_ids
        self.add_wishlist(wishes=[(1, "A mug"), (2, "A spoon"), (3, "Milk")])
        self.assertEqual(self.sync(), (wishlist, "updated"))
        self.assertEqual(
            self.wishes(wishlist), [("1", "A mug"), ("2", "A spoon"), ("3", "Milk")]
        )
        self.assertLessEqual(lines, wishlist.wish_ids)

    def test_lines_for_a_field_that_is_not_there_name_mapper_and_declaration(self):
        self.add_wishlist(wishes=[(1, "A cup")])
        self.sync()
        mapper = type(self.component("import.mapper", MODEL))
        for wrong in (
            ("wishes", "wish_idz", "shop.wish"),
            ("wishes", "wish_ids", "shop.whish"),
        ):
            self.patch(mapper, "children", [wrong])
            self.add_wishlist(wishes=[(1, "A mug")])
            with self.assertRaises(UnknownFieldError) as caught:
                self.sync()
            self.assertIn(f"children {wrong}", str(caught.exception))
            self.assertIn(mapper._name, str(caught.exception))

    def test_lines_that_stay_as_they_are_change_nothing(self):
        self.add_wishlist(wishes=[(1, "A cup")])
        self.sync()
        self.assertEqual(self.sync()[1], "unchanged")

    def test_files_of_lines_are_fetched_once_and_reported_on_their_record(self):
        mapper = type(self.component("import.mapper", "shop.wish"))
        self.patch(mapper, "direct", [(file("what"), "name")])
        server = self.enterContext(ScriptedServer())
        server.add_response(b"A cup")
        server.add_response(b"", status=404)
        cup, spoon = (f"{server.url}/{name}" for name in ("cup", "spoon"))
        self.add_wishlist(wishes=[(1, cup), (2, spoon)], updated_at="1")
        wishlist, kind = self.sync()
        content = base64.b64encode(b"A cup").decode()
        self.assertEqual(self.wishes(wishlist), [("1", content), ("2", False)])
        self.assertEqual(kind, "failed")
        server.add_response(b"A cup")
        self.assertEqual(self.sync(), (wishlist, "updated"))
        self.assertEqual(self.wishes(wishlist), [("1", content), ("2", content)])
        self.assertFalse(wishlist.file_sources)
        self.add_wishlist(wishes=[(1, cup), (2, spoon)], updated_at="2")
        self.assertEqual(self.sync(), (wishlist, "unchanged"))
        self.assertEqual(len(server.seen), 3)

    def test_lines_that_are_gone_go(self):
        self.add_wishlist(wishes=[(1, "A cup"), (2, "A spoon")])
        wishlist, _kind = self.sync()
        self.add_wishlist(wishes=[(2, "A spoon")])
        self.sync()
        self.assertEqual(self.wishes(wishlist), [("2", "A spoon")])

    def test_lines_made_by_hand_stay(self):
        self.add_wishlist(wishes=[(1, "A cup")])
        wishlist, _kind = self.sync()
        wishlist.wish_ids.create({"wishlist_id": wishlist.id, "name": "By hand"})
        self.add_wishlist(wishes=[])
        self.sync()
        self.assertEqual(self.wishes(wishlist), [(False, "By hand")])

    def test_a_line_moves_to_another_record(self):
        self.add_wishlist(wishes=[(1, "A cup")])
        first, _kind = self.sync()
        self.add_wishlist("W2", wishes=[(1, "A cup")])
        second, _kind = self.sync("W2")
        self.assertEqual(self.wishes(second), [("1", "A cup")])
        self.assertFalse(first.wish_ids)


@tagged("post_install", "-at_install")
class TestMapperLookup(WishlistCase):
    def mapper(self):
        return self.component("import.mapper", MODEL)

    def test_paths_and_keys_are_followed(self):
        self.add_wishlist(title="Gifts", to={"country": "BE", "city": "Gent"})
        wishlist, _kind = self.sync()
        self.assertEqual((wishlist.city, wishlist.country_id.code), ("Gent", "BE"))

    def test_what_is_missing_has_its_default(self):
        self.add_wishlist(title="Gifts")
        self.assertEqual(self.sync()[0].city, "Paris")

    def test_a_key_that_names_nothing_is_said_so(self):
        with self.assertRaisesRegex(MappingError, "Country.*Code ZZ"):
            self.mapper().search_by("res.country", "code", "ZZ")

    def test_what_a_key_names_can_be_made(self):
        mapper = self.mapper()
        values = {"code": "ZZ"}
        made = mapper.find("res.country", "name", "Utopia", create=values)
        self.assertEqual((made.name, made.code), ("Utopia", "ZZ"))
        self.assertEqual(mapper.find("res.country", "name", "Utopia", values), made)

    def test_moments_and_days_are_as_iso_8601_writes_them(self):
        mapper = self.mapper()
        moment = mapper.parse_datetime("2026-01-31T13:00:00+01:00")
        self.assertEqual(mapper.iso(moment), "2026-01-31T12:00:00Z")
        day = mapper.day("2026-01-31T13:00:00+01:00")
        self.assertEqual(mapper.iso(day), "2026-01-31")
        self.assertIsNone(mapper.iso(False))


@tagged("post_install", "-at_install")
class TestTranslations(WishlistCase):
    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("fr_FR")

    def test_texts_come_in_all_languages_and_nothing_else_does(self):
        self.add_wishlist(title="Gifts", to={"city": "Gent"})
        self.add_wishlist("W1/fr_FR", title="Cadeaux", to={"city": "Gand"})
        wishlist, _kind = self.sync()
        with self.work_on(self.backend, MODEL) as work:
            importer = work.component(usage="translation.importer")
            importer.run("W1", wishlist)
        self.assertEqual(wishlist.with_context(lang="en_US").name, "Gifts")
        self.assertEqual(wishlist.with_context(lang="fr_FR").name, "Cadeaux")
        self.assertEqual(wishlist.city, "Gent")

    def test_an_export_reads_texts_once_for_each_language(self):
        self.add_wishlist(title="Gifts")
        wishlist, _kind = self.sync()
        wishlist.with_context(lang="fr_FR").name = "Cadeaux"
        texts = self.component("import.mapper", MODEL).translations(wishlist, ["name"])
        self.assertEqual(texts["fr_FR"], {"id": wishlist.id, "name": "Cadeaux"})
        self.assertEqual(texts["en_US"]["name"], "Gifts")


@tagged("post_install", "-at_install")
class TestExternalPage(WishlistCase):
    def test_a_record_opens_its_page_in_the_external_system(self):
        self.add_wishlist()
        wishlist, _kind = self.sync()
        action = wishlist.action_open_external()
        self.assertEqual(action["url"], "https://shop.example.com/wishlists/W1")
        job = self.env["queue.job"].new({})
        job.records = wishlist
        self.assertEqual(job.related_action_open_external(), action)
