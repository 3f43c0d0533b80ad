"""Lists of servers with quirks."""

from odoo.addons.connector.components.http.auth import BasicAuth
from odoo.addons.connector.components.http.pagination import (
    CursorPaging,
    KeysetPaging,
    LinkPaging,
    OffsetPaging,
    PagePaging,
    Paging,
)
from odoo.addons.connector.exception import IncompleteListError

from .fake_api import FakeApi
from .fake_habits import Habits
from .rest_common import RestCase

PATH = "/api/things"


class UnkindCase(RestCase):
    """Reads a list to its end: the records, and why it may be incomplete."""

    def serve(self, count=12, api=FakeApi, **habits):
        server = self.server = self.enterContext(api(PATH, habits=Habits(**habits)))
        self.backend.location = server.url
        for number in range(count):
            server.add(
                PATH, name=f"n{number}", updated_at=f"2026-01-01T00:00:{number:02}Z"
            )
        return server

    def walk(self, paging, filters=None, **attributes):
        adapter = self.adapter(
            _paging=paging,
            _build_request_auth=lambda adapter: self.basic(),
            **attributes,
        )
        ids = []
        try:
            for record in adapter.search_read(filters):
                ids.append(record[adapter._id_key])
        except IncompleteListError as error:
            return ids, str(error)
        return ids, None

    def basic(self):
        return BasicAuth(self.server.username, self.server.password)

    def assert_complete(self, paging, calls, **attributes):
        ids, reason = self.walk(paging, **attributes)
        self.assertEqual(reason, None)
        expected = list(self.server.records(PATH))
        self.assertEqual(sorted(ids, key=str), sorted(expected, key=str))
        self.assertLessEqual(self.server.calls("GET", PATH), calls)

    def assert_incomplete(
        self, paging, words, calls=20, all_received=True, **attributes
    ):
        ids, reason = self.walk(paging, **attributes)
        self.assertIn(words, reason or "no reason was given")
        self.assertLessEqual(self.server.calls("GET", PATH), calls)
        if all_received:
            self.assertEqual(set(ids), set(self.server.records(PATH)))
        return ids


class TestSmallerPages(UnkindCase):
    """The size of a page is the received one, not the requested one."""

    def test_by_number_with_a_total(self):
        self.serve(page_limit=5)
        self.assert_complete(PagePaging(size=10), calls=3)

    def test_by_number_without_one(self):
        self.serve(page_limit=5, total=False)
        self.assert_complete(PagePaging(size=10), calls=4)

    def test_by_number_until_has_more_is_false(self):
        self.serve(page_limit=5, total=False, has_more=True)
        self.assert_complete(PagePaging(size=10), calls=3)

    def test_by_number_where_the_last_page_comes_again(self):
        self.serve(page_limit=5, total=False, last_page_again=True)
        self.assert_complete(PagePaging(size=10), calls=4)

    def test_by_number_where_the_page_beyond_the_last_is_missing(self):
        for count in (3, 12):
            self.serve(count=count, total=False, api=MissingBeyond)
            self.assert_complete(PagePaging(size=5), calls=4)
        # It is unknown whether the next page is missing, or the list has ended.
        self.serve(count=10, total=False, api=MissingBeyond)
        self.assert_incomplete(PagePaging(size=5), "404", calls=3)

    def test_by_number_where_the_answer_names_the_next_page(self):
        self.serve(total=False, link="absolute")
        self.server.listing = lambda records, total: {"items": records, "next": None}
        self.assertEqual(self.walk(PagePaging(size=12))[1], None)
        self.assertEqual(self.server.calls("GET", PATH), 1)

    def test_by_offset(self):
        for total, calls in ((True, 3), (False, 4)):
            self.serve(page_limit=5, total=total, api=ByOffset)
            self.assert_complete(OffsetPaging(size=10), calls=calls)

    def test_by_keyset(self):
        for habits, calls in (
            ({"total": True}, 3),
            ({"total": False}, 5),
            ({"total": False, "has_more": True}, 4),
        ):
            self.serve(page_limit=5, **habits)
            self.assert_complete(KeysetPaging(size=10), calls=calls)

    def test_one_page_that_tells_that_it_is_the_last_is_one_call(self):
        self.serve(count=3)
        for paging in (KeysetPaging(), PagePaging(), OffsetPaging()):
            seen = len(self.server.seen)
            self.assertEqual(self.walk(paging)[1], None)
            self.assertEqual(len(self.server.seen) - seen, 1, paging)


class TestKeyset(UnkindCase):
    """Order, versions and the filter are verified on the way."""

    def test_a_list_in_another_order_arrives_and_is_told(self):
        for order in ("newest", "shuffled"):
            self.serve(order=order)
            self.assert_incomplete(KeysetPaging(size=5), "not sorted by updated_at")

    def test_an_order_that_falls_between_pages_is_told(self):
        server = self.serve(total=False)
        self.patch(type(server.habits), "sort", lambda habits, records, *keys: records)
        # On the third page.
        server.change(PATH, 11, updated_at="2026-01-01T00:00:08Z")
        self.assert_incomplete(KeysetPaging(size=5), "not sorted by updated_at")

    def test_a_constant_parameter_sorts_it(self):
        class Sorting(FakeApi):
            def _page_of(self, call):
                by = "oldest" if call.query.get("order") == "updated_at" else "newest"
                object.__setattr__(self.habits, "order", by)
                return super()._page_of(call)

        self.serve(api=Sorting)
        query = {"order": "updated_at"}
        self.assert_complete(KeysetPaging(size=5), calls=4, _list_query=query)

    def test_records_without_a_version_arrive_and_are_told(self):
        for nulls in ("last", "first"):
            for total in (True, False):
                server = self.serve(total=total, nulls=nulls)
                server.change(PATH, 3, updated_at=None)
                server.change(PATH, 12, updated_at=None)
                self.assert_incomplete(KeysetPaging(size=5), "without updated_at")

    def test_a_filter_that_is_ignored_is_told(self):
        self.serve(ignores=("updated_since",))
        self.assert_incomplete(KeysetPaging(size=5), "ignores the parameter")

    def test_filter_and_page_that_are_ignored_are_no_endless_loop(self):
        for total in (True, False):
            self.serve(ignores=("updated_since", "page"), total=total)
            self.assert_incomplete(
                KeysetPaging(size=5), "ignores the parameter", 4, all_received=False
            )

    def test_more_records_of_one_moment_than_fit_a_page(self):
        for total in (True, False):
            server = self.serve(total=total)
            for number in range(3, 12):
                server.change(PATH, number, updated_at="2026-01-01T00:00:02Z")
            self.assert_complete(KeysetPaging(size=3), calls=12)

    def test_a_filter_that_leaves_the_moment_out_loses_nothing(self):
        for total in (True, False):
            server = self.serve(total=total, after=True)
            for number in range(4, 8):
                server.change(PATH, number, updated_at="2026-01-01T00:00:03Z")
            ids, reason = self.walk(KeysetPaging(size=5))
            self.assertEqual((set(ids), reason), (set(range(1, 13)), None))
            self.assertLessEqual(server.calls("GET", PATH), 12)

    def test_versions_are_compared_as_what_they_are(self):
        for versions in (
            ["9", "10", "100"],
            [9, 10, 100],
            [
                "2026-01-01T00:00:00Z",
                "2026-01-01T00:00:00.500Z",
                "2026-01-01T00:00:01Z",
            ],
            ["2026-01-01T12:00:00+02:00", "2026-01-01T11:00:00Z", "2026-01-02"],
        ):
            server = self.serve(count=0)
            for number, version in enumerate(versions):
                server.add(PATH, updated_at=version, number=number)
            self.patch(
                type(server.habits),
                "sort",
                lambda habits, records, *keys: sorted(
                    records, key=lambda record: record["number"]
                ),
            )
            self.patch(
                type(server.habits),
                "is_since",
                lambda habits, version, since, all=versions: (
                    since is None
                    or list(map(str, all)).index(str(version))
                    >= list(map(str, all)).index(since)
                ),
            )
            self.assert_complete(KeysetPaging(size=2), calls=3)

    def test_ids_of_any_type(self):
        for ids in (str, lambda n: f"gid://thing/{n}", lambda n: 2**60 + n):
            self.serve(ids=ids, total=False)
            self.assert_complete(KeysetPaging(size=5), calls=5)

    def test_offsets_within_a_moment(self):
        server = self.serve(total=False, api=ByOffset)
        for number in range(3, 12):
            server.change(PATH, number, updated_at="2026-01-01T00:00:02Z")
        paging = KeysetPaging(size=3, per_page="limit", offset="offset")
        self.assert_complete(paging, calls=12)


class TestEndless(UnkindCase):
    """A page seen before, or records seen before, end the list with a reason."""

    def test_a_page_number_that_is_ignored(self):
        # With a total, the pages that are known at once are asked for.
        for total, calls in ((True, 8), (False, 2)):
            self.serve(count=300, ignores=("page",), total=total)
            self.assert_incomplete(
                PagePaging(size=5),
                "repeats the records of an earlier page",
                calls,
                False,
            )

    def test_an_offset_that_is_ignored(self):
        for total in (True, False):
            self.serve(ignores=("offset",), total=total, api=ByOffset)
            self.assert_incomplete(
                OffsetPaging(size=5),
                "repeats the records of an earlier page",
                2,
                all_received=False,
            )

    def test_a_cursor_that_never_changes(self):
        self.serve(api=Cursors)
        self.server.cursors = {None: "a", "a": "a"}
        ids = self.assert_incomplete(CursorPaging(), "itself", 2, all_received=False)
        self.assertEqual(ids, [1, 2, "a-1", "a-2"])

    def test_cursors_that_go_round_in_circles(self):
        self.serve(api=Cursors)
        self.server.cursors = {None: "a", "a": "b", "b": "c", "c": "a"}
        self.assert_incomplete(
            CursorPaging(), "repeats the records", 12, all_received=False
        )

    def test_a_link_to_itself(self):
        self.serve(api=Cursors)
        self.server.cursors = {None: "a", "a": "a"}
        paging = LinkPaging(
            link=lambda response: f"?cursor={response.json()['next_cursor']}"
        )
        self.assert_incomplete(paging, "itself", 2, all_received=False)

    def test_a_list_without_end(self):
        self.serve(api=Cursors)
        self.server.cursors = None
        paging = CursorPaging()
        paging._max_pages = 10
        self.assert_incomplete(paging, "no end", 10, all_received=False)

    def test_empty_pages_without_end(self):
        self.serve(api=Cursors)
        self.server.cursors, self.server.is_empty = None, True
        paging = CursorPaging()
        paging._max_empty_pages = 5
        self.assert_incomplete(paging, "no end", 6, all_received=False)

    def test_fewer_records_than_the_total(self):
        for api, paging in ((FakeApi, PagePaging), (ByOffset, OffsetPaging)):
            self.serve(api=api)
            self.server.listing = lambda records, total: {
                "items": records,
                "total": total + 5,
            }
            self.assert_incomplete(paging(size=5), "returned fewer", 4)

    def test_a_list_for_one_answer_that_is_longer(self):
        self.serve(page_limit=5)
        self.assert_incomplete(Paging(), "returned fewer", 1, all_received=False)
        self.serve(page_limit=5, total=False, has_more=True)
        self.assert_incomplete(Paging(), "another paging", 1, all_received=False)

    def test_what_was_read_before_the_fault_is_handed_over(self):
        self.serve(order="newest")
        adapter = self.adapter(
            _paging=KeysetPaging(size=5),
            _build_request_auth=lambda adapter: self.basic(),
        )
        page = adapter.read_page()
        self.assertEqual(len(page.records), 5)
        for page_token in page.next_pages:
            self.assertNotIn("_incomplete", page_token)
        seen = 5
        while True:
            (page_token,) = page.next_pages
            if "_incomplete" in page_token:
                break
            page = adapter.read_page(None, page_token)
            seen += len(page.records)
        self.assertEqual(seen, 12)
        calls = len(self.server.seen)
        with self.assertRaises(IncompleteListError):
            adapter.read_page(None, page_token)
        self.assertEqual(len(self.server.seen), calls, "nothing was left to ask")


class TestForms(UnkindCase):
    """Lists and records in other formats."""

    def test_wrapped_lists_and_records(self):
        self.serve(list_key="things", record_key="thing")
        wrapped = {"_list_key": "things", "_record_key": "thing"}
        self.assert_complete(KeysetPaging(size=5), calls=3, **wrapped)
        adapter = self.adapter(
            _build_request_auth=lambda adapter: self.basic(), **wrapped
        )
        self.assertEqual(adapter.read(3)["name"], "n2")
        self.assertEqual(adapter.create({"name": "new"}), 13)

    def test_an_update_by_another_method(self):
        self.serve(update_methods=("POST",))
        adapter = self.adapter(
            _build_request_auth=lambda adapter: self.basic(), _update_method="POST"
        )
        adapter.write(3, {"name": "changed"})
        self.assertEqual(self.server.records(PATH)[3]["name"], "changed")

    def test_an_empty_list_without_content(self):
        self.serve(count=0, no_content=True)
        for paging in (
            Paging(),
            PagePaging(),
            OffsetPaging(),
            CursorPaging(),
            LinkPaging(),
            KeysetPaging(),
        ):
            self.assertEqual(self.walk(paging), ([], None), paging)

    def test_a_list_that_ends_without_content(self):
        self.serve(no_content=True, total=False)
        self.assert_complete(PagePaging(size=5), calls=4)

    def test_links_of_any_form(self):
        for form in ("absolute", "relative", "other scheme"):
            self.serve(link=form)
            filters = {"per_page": 5, "q": "a,b"}
            ids, reason = self.walk(LinkPaging(), filters)
            self.assertEqual((len(ids), reason), (12, None), form)
            self.assertEqual(self.server.calls("GET", PATH), 3)

    def test_json_is_utf8_whatever_is_told(self):
        for habits in (
            {"content_type": "text/html"},
            {"content_type": "text/plain; charset=iso-8859-1"},
            {"content_type": "application/json; charset=utf-16"},
            {"bom": True},
        ):
            self.serve(count=1, **habits)
            self.server.change(PATH, 1, name="Café ☕")
            adapter = self.adapter(_build_request_auth=lambda adapter: self.basic())
            self.assertEqual(adapter.read(1)["name"], "Café ☕", habits)
            self.assertEqual(self.walk(KeysetPaging()), ([1], None), habits)


class MissingBeyond(FakeApi):
    """Returns 404 beyond the last page."""

    def _list(self, call):
        listed = super()._list(call)
        if not listed[0]["items"]:
            return {"error": "Invalid page."}, 404, {}
        return listed


class ByOffset(FakeApi):
    """Counts records instead of pages."""

    per_page = "limit"

    def _span(self, call, count):
        begin = int(call.query.get("offset", 0))
        size = int(call.query.get("limit", 100))
        return begin, begin + min(size, self.habits.page_limit or size)


class Cursors(FakeApi):
    """Returns the next cursor from a table; without one, a new cursor each time."""

    cursors: dict | None = {}
    is_empty = False

    def respond(self, call):
        cursor = call.query.get("cursor")
        count = len(self.seen)
        following = self.cursors.get(cursor) if self.cursors else f"c{count}"
        first = 1 if cursor is None else f"{cursor}-1"
        second = 2 if cursor is None else f"{cursor}-2"
        records = [] if self.is_empty else [{"id": first}, {"id": second}]
        return {"items": records, "next_cursor": following}, 200, {}
