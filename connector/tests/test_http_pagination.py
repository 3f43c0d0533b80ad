from odoo.addons.connector.components.http.pagination import (
    CursorPaging,
    KeysetPaging,
    LinkPaging,
    OffsetPaging,
    PagePaging,
)

from .rest_common import RestCase


class TestPaging(RestCase):
    def read(self, paging, *responses):
        for body, headers in responses:
            self.server.add_response(body, **headers)
        return list(self.adapter(_paging=paging).search({"color": "red"}))

    def paths(self):
        return [request.path for request in self.server.seen]

    def test_pages_are_read_up_to_an_empty_one(self):
        ids = self.read(
            PagePaging(size=2),
            ([{"id": 1}, {"id": 2}], {}),
            ([{"id": 3}], {}),
            ([], {}),
        )
        self.assertEqual(ids, [1, 2, 3])
        self.assertEqual(
            self.paths(),
            [
                "/api/things?color=red&page=1&per_page=2",
                "/api/things?color=red&page=2&per_page=2",
                "/api/things?color=red&page=3&per_page=2",
            ],
        )

    def test_a_known_total_tells_several_pages_at_once(self):
        self.server.add_response({"items": [{"id": 1}, {"id": 2}], "total": 5})
        adapter = self.adapter(_paging=PagePaging(size=2))
        page = adapter.read_page()
        self.assertEqual([page_token["page"] for page_token in page.next_pages], [2, 3])
        self.server.add_response({"items": [{"id": 3}, {"id": 4}], "total": 5})
        self.assertEqual(adapter.read_page({}, page.next_pages[0]).next_pages, [])
        self.server.add_response({"items": [{"id": 5}], "total": 5})
        self.assertEqual(adapter.read_page({}, page.next_pages[1]).next_pages, [])

    def test_many_pages_are_trusted_step_by_step(self):
        adapter = self.adapter(_paging=PagePaging(size=1))
        self.server.add_response({"items": [{"id": 1}], "total": 100})
        page = adapter.read_page()
        self.assertEqual([p["page"] for p in page.next_pages], list(range(2, 9)))
        self.server.add_response({"items": [{"id": 8}], "total": 100})
        page = adapter.read_page({}, page.next_pages[-1])
        self.assertEqual([p["page"] for p in page.next_pages], list(range(9, 65)))

    def test_a_page_is_read_again_when_records_before_it_went_away(self):
        ids = self.read(
            PagePaging(size=2),
            ({"items": [{"id": 1}, {"id": 2}], "total": 5}, {}),
            # 1 was deleted: 3 is on the first page now.
            ({"items": [{"id": 4}, {"id": 5}], "total": 4}, {}),
            ({"items": [], "total": 4}, {}),
            ({"items": [{"id": 2}, {"id": 3}], "total": 4}, {}),
            ({"items": [{"id": 4}, {"id": 5}], "total": 4}, {}),
        )
        self.assertEqual(set(ids), {1, 2, 3, 4, 5})
        pages = [path.partition("page=")[2][0] for path in self.paths()]
        self.assertEqual(pages, ["1", "2", "3", "1", "2"])

    def test_offsets_are_counted_by_what_came(self):
        ids = self.read(
            OffsetPaging(size=2),
            ([{"id": 1}, {"id": 2}], {}),
            ([{"id": 3}], {}),
            ([{"id": 4}], {}),
            ([], {}),
        )
        self.assertEqual(ids, [1, 2, 3, 4])
        self.assertIn("offset=2&limit=2", self.paths()[1])
        self.assertIn("offset=3&limit=2", self.paths()[2])

    def test_an_offset_goes_back_by_what_went_away(self):
        ids = self.read(
            OffsetPaging(size=2),
            ({"items": [{"id": 1}, {"id": 2}], "total": 5}, {}),
            # 1 was deleted: 3 has taken its place.
            ({"items": [{"id": 4}, {"id": 5}], "total": 4}, {}),
            ({"items": [{"id": 3}, {"id": 4}], "total": 4}, {}),
            ({"items": [{"id": 5}], "total": 4}, {}),
        )
        self.assertEqual(set(ids), {1, 2, 3, 4, 5})
        self.assertIn("offset=1&limit=2", self.paths()[2])

    def test_cursors_are_followed_until_there_is_none(self):
        ids = self.read(
            CursorPaging(),
            ({"items": [{"id": 1}], "next_cursor": "abc"}, {}),
            ({"items": [{"id": 2}], "next_cursor": None}, {}),
        )
        self.assertEqual(ids, [1, 2])
        self.assertIn("cursor=abc", self.paths()[1])

    def test_links_are_followed_until_there_is_none(self):
        ids = self.read(
            LinkPaging(),
            ([{"id": 1}], {"Link": f'<{self.server.url}/api/more?p=2>; rel="next"'}),
            ([{"id": 2}], {}),
        )
        self.assertEqual(ids, [1, 2])
        self.assertEqual(self.paths()[1], "/api/more?p=2")

    def test_a_page_begins_at_the_version_where_the_one_before_ended(self):
        ids = self.read(
            KeysetPaging(size=3),
            (self.versions((1, "a"), (2, "b"), (3, "b")), {}),
            # 1 was changed in the meantime, 2 was deleted: by page number, 4 would be
            # missed.
            (self.versions((3, "b"), (4, "c"), (1, "d")), {}),
            (self.versions((1, "d")), {}),
            # Beyond the end: no records without a version.
            ([], {}),
        )
        self.assertEqual(ids, [1, 2, 3, 4, 1])
        self.assertEqual(
            self.paths(),
            [
                "/api/things?color=red&per_page=3",
                "/api/things?color=red&per_page=3&updated_since=b",
                "/api/things?color=red&per_page=3&updated_since=d",
                "/api/things?color=red&per_page=3&page=2",
            ],
        )

    def test_a_record_that_changed_meanwhile_is_read_again(self):
        ids = self.read(
            KeysetPaging(size=2),
            (self.versions((1, "a"), (2, "b")), {}),
            (self.versions((3, "c"), (2, "d")), {}),
            (self.versions((2, "d")), {}),
            # Beyond the end: no records without a version.
            ([], {}),
        )
        self.assertEqual(ids, [1, 2, 3, 2])

    def test_a_moment_that_fills_pages_is_walked_through(self):
        ids = self.read(
            KeysetPaging(size=2),
            (self.versions((1, "a"), (2, "a")), {}),
            (self.versions((1, "a"), (2, "a")), {}),
            (self.versions((3, "a"), (4, "b")), {}),
            (self.versions((4, "b")), {}),
            ([], {}),
        )
        self.assertEqual(ids, [1, 2, 3, 4])
        self.assertEqual(
            self.paths()[1:],
            [
                "/api/things?color=red&per_page=2&updated_since=a",
                "/api/things?color=red&per_page=2&updated_since=a&page=2",
                "/api/things?color=red&per_page=2&updated_since=b",
                "/api/things?color=red&per_page=2&page=3",
            ],
        )

    def versions(self, *records):
        return [{"id": number, "updated_at": version} for number, version in records]

    def test_pages_are_read_one_at_a_time(self):
        self.server.add_response([{"id": 1}, {"id": 2}])
        records = self.adapter(_paging=PagePaging(size=2)).search_read()
        next(records)
        self.assertEqual(len(self.server.seen), 1)
