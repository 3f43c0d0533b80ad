"""The fake of declared systems pages as declared, and is as unkind as others."""

from dataclasses import replace
from functools import partial

from odoo.addons.connector.api import (
    CursorPaging,
    KeysetPaging,
    LastIdPaging,
    LinkPaging,
    OffsetPaging,
    PagePaging,
    Resource,
    TokenLogin,
)
from odoo.addons.connector.components.http.pagination import Paging
from odoo.addons.connector.exceptions_http import (
    RemoteAccessDenied,
    RemoteProtocolError,
)
from odoo.addons.connector.tests.common import ConnectorCase, ImportContract

from ..models import PantryOrder
from .pantry_case import ORDER, ORDERS

PAGED = [
    PagePaging(size=2, page="p", per_page="n"),
    OffsetPaging(size=2, offset="skip", limit="n"),
    KeysetPaging(size=2, since="changed[$gte]", per_page="n"),
    LastIdPaging(size=2, after="after", limit="n"),
    CursorPaging(cursor="next"),
    LinkPaging(),
]


class TestDeclaredApi(ImportContract, ConnectorCase):
    import_model = ORDER
    # The contract is called by other classes.
    allow_inherited_tests_method = False

    def declare(self, **arguments):
        """Have orders declare something else; return a new server and its backend."""
        self.patch(
            PantryOrder, "_resource", replace(PantryOrder._resource, **arguments)
        )
        self.connect()

    def ids(self, after_first_page=lambda: None):
        """Return the IDs of a list as it is read, and the number of requests."""
        before = self.server.calls("GET", ORDERS)
        self.server.afterwards("GET", ORDERS, after_first_page)
        found = list(self.adapter(ORDER).search())
        return found, self.server.calls("GET", ORDERS) - before

    def test_lists_are_paged_as_declared(self):
        for paging in PAGED:
            with self.subTest(paging=type(paging).__name__):
                self.declare(paging=paging)
                self.cap_pages()
                records = self._fill()
                found, requests = self.ids()
                self.assertEqual(sorted(found), sorted(records))
                self.assertGreater(requests, 2)

    def test_cursors_survive_a_list_that_shrinks(self):
        for paging in PAGED[2:]:
            with self.subTest(paging=type(paging).__name__):
                self.declare(paging=paging)
                self.cap_pages()
                first, *others = self._fill()
                remove = partial(self.server.remove, ORDERS, first)
                found, _requests = self.ids(remove)
                self.assertLessEqual(set(others), set(found))

    def test_a_list_without_pages_is_complete(self):
        self.declare(paging=Paging())
        self.cap_pages()
        records = self._fill()
        self.assertEqual(self.ids(), (records, 1))

    def test_a_paging_that_reads_responses_itself_needs_a_server_of_its_own(self):
        with self.assertRaisesRegex(NotImplementedError, "define fake_server"):
            self.declare(paging=PagePaging(total=lambda response: 3))

    def test_keys_are_those_of_the_resource(self):
        resource = Resource(
            ORDERS,
            list_key="orders",
            record_key="order",
            id_key="ref",
            version_key="revision",
            version_type="number",
            update_method="PUT",
        )
        self.patch(PantryOrder, "_resource", resource)
        self.connect()
        (record, *_others) = self._fill()
        self.assertIsInstance(self.server.records(ORDERS)[record]["revision"], int)
        adapter = self.adapter(ORDER)
        self.assertEqual(adapter.read(record)["ref"], record)
        adapter.write(record, {"order": {"state": "paid"}})
        self.assertEqual(self.server.records(ORDERS)[record]["state"], "paid")

    def test_another_method_of_updates_is_refused(self):
        (record, *_others) = self._fill()
        adapter = self.adapter(ORDER)
        adapter._update_method = "PUT"
        with self.assertRaisesRegex(RemoteProtocolError, "PUT is not allowed"):
            adapter.write(record, {"state": "paid"})

    def test_a_login_with_other_keys_is_refused(self):
        adapter = self.adapter(ORDER)
        adapter._token_login = TokenLogin("/api/login", username="login")
        with self.assertRaises(RemoteAccessDenied):
            adapter.read(1)
