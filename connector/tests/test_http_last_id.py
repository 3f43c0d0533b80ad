"""Paging by the ID of the last record."""

from odoo.addons.connector.components.http.pagination import LastIdPaging
from odoo.addons.connector.exception import IncompleteListError
from odoo.addons.connector.exceptions_http import RemoteProtocolError

from .rest_common import RestCase


class TestLastIdPaging(RestCase):
    def search(self, *bodies, **options):
        for body in bodies:
            self.server.add_response(body)
        adapter = self.adapter(
            _paging=LastIdPaging(size=2, **options.pop("paging", {})), **options
        )
        return list(adapter.search({"color": "red"}))

    def paths(self):
        return [seen.path.partition("color=red&")[2] for seen in self.server.seen]

    def test_a_list_is_read_until_it_says_that_there_is_no_more(self):
        ids = self.search(
            {"data": [{"id": "a"}, {"id": "c"}], "has_more": True},
            {"data": [{"id": "b"}], "has_more": False},
            _list_key="data",
        )
        self.assertEqual(ids, ["a", "c", "b"])
        self.assertEqual(self.paths(), ["limit=2", "limit=2&starting_after=c"])

    def test_a_short_page_does_not_end_a_list_that_does_not_say_so(self):
        ids = self.search([{"id": 4}, {"id": 7}], [{"id": 9}], [])
        self.assertEqual(ids, [4, 7, 9])
        self.assertEqual(self.paths()[2], "limit=2&starting_after=9")

    def test_parameters_and_ids_have_other_names(self):
        self.search(
            [{"sku": 4}],
            [],
            _id_key="sku",
            paging={"after": "since_id", "limit": "count"},
        )
        self.assertEqual(self.paths()[1], "count=2&since_id=4")

    def test_a_parameter_that_is_ignored_leaves_the_list_incomplete(self):
        with self.assertRaisesRegex(IncompleteListError, "repeats the records"):
            self.search([{"id": 4}, {"id": 7}], [{"id": 4}, {"id": 7}])

    def test_a_record_without_an_id_does_not_stop_the_list(self):
        pages = [{"id": 4}, {"name": "none"}], [{"name": "none"}]
        for page in pages:
            self.server.add_response(page)
        adapter = self.adapter(_paging=LastIdPaging(size=2))
        records, token = [], None
        while True:
            page = adapter.read_page({}, token)
            records += page.records
            if not page.next_pages:
                break
            [token] = page.next_pages
        self.assertEqual(records, [{"id": 4}, {"name": "none"}])

    def test_a_full_page_without_any_id_ends_the_list_with_an_error(self):
        with self.assertRaises(RemoteProtocolError):
            self.search([{"name": "one"}, {"name": "other"}])
