"""A connector for a GraphQL API, against graphql-core in a process of its own."""

import time
from datetime import datetime, timezone

from odoo.tests import tagged

from odoo.addons.connector.components.graphql import cost as cost_module
from odoo.addons.connector.components.graphql.documents import Fields
from odoo.addons.connector.components.graphql.paging import ConnectionPaging
from odoo.addons.connector.components.http.redaction import mask
from odoo.addons.connector.exception import IDMissingInBackend, IncompleteListError
from odoo.addons.connector.exceptions_http import (
    RemoteAccessDenied,
    RemoteBusy,
    RemoteCallFailed,
    RemoteInvalidData,
    RemoteProtocolError,
    RemoteRefused,
    RemoteUnavailable,
)

from .graphql_case import CANTEEN_GUEST, GraphqlCase

ID = "gid://kiosk/Guest/{}".format


@tagged("post_install", "-at_install")
class TestGraphqlReads(GraphqlCase):
    def names(self, records):
        return [record["name"] for record in records]

    def test_a_list_is_read_page_by_page(self):
        self.server.control(guests=7)
        records = list(self.adapter().search_read())
        self.assertEqual(self.names(records), [f"Guest {n}" for n in range(1, 8)])
        sizes = [sent["variables"]["first"] for sent in self.server.operations]
        self.assertEqual(sizes, [3, 3, 3])

    def test_nodes_without_edges_are_a_list_too(self):
        self.server.control(guests=4)
        adapter = self.adapter(
            _list_query="query($first: Int, $after: String) { "
            "guests(first: $first, after: $after) { "
            "nodes { id name } pageInfo { hasNextPage endCursor } } }"
        )
        self.assertEqual(list(adapter.search()), [ID(n) for n in range(1, 5)])

    def test_values_are_variables_whatever_they_contain(self):
        name = 'Zoë "}) { id } } #'
        external_id = self.adapter().create({"name": name})
        self.assertEqual(self.adapter().read(external_id)["name"], name)

    def test_a_record_that_does_not_exist_is_missing(self):
        for faults in ([], ["silent"]):
            self.server.control(faults=faults)
            with self.assertRaisesRegex(IDMissingInBackend, "Guest/404"):
                self.adapter().read(ID(404))

    def test_a_missing_field_below_a_record_is_no_missing_record(self):
        self.server.control(guests=1)
        adapter = self.adapter(
            _record_query="query($id: ID!) { guest(id: $id) { id table } }"
        )
        with self.assertRaisesRegex(RemoteRefused, "guest.table: No table"):
            adapter.read(ID(1))

    def test_a_page_of_records_is_one_request(self):
        self.server.control(guests=5)
        wanted = [ID(5), ID(404), ID(2)]
        aliases = Fields("guest", "guests", "id name")
        for attributes in ({}, {"_record_fields": aliases}):
            self.adapter().read(ID(1))
            before = len(self.server.operations)
            found = self.adapter(**attributes).read_many(wanted)
            self.assertEqual(list(found), [ID(5), ID(2)])
            self.assertEqual(found[ID(2)]["name"], "Guest 2")
            self.assertEqual(len(self.server.operations), before + 1)

    def test_missing_nodes_may_be_errors(self):
        self.server.control(guests=2)
        self.adapter().read(ID(1))
        self.server.control(faults=["missing_as_errors"])
        self.assertEqual([*self.adapter().read_many([ID(9), ID(2)])], [ID(2)])

    def test_partial_data_is_no_success(self):
        self.server.control(guests=1, faults=["partial", "partial"])
        with self.assertRaisesRegex(RemoteCallFailed, "guest.country"):
            self.adapter().read(ID(1))
        with self.assertRaises(RemoteCallFailed):
            self.adapter().read_page()

    def test_an_invalid_query_is_never_retried(self):
        adapter = self.adapter(
            _record_query="query($id: ID!) { guest(id: $id) { id color } }"
        )
        with self.assertRaisesRegex(RemoteProtocolError, "color"):
            adapter.read(ID(1))

    def test_a_failure_is_retried_later(self):
        self.server.control(guests=1, faults=["internal_list"])
        with self.assertRaisesRegex(RemoteCallFailed, "out of order"):
            self.adapter().read_page()

    def test_denied_access_is_said(self):
        self.server.control(faults=["forbidden"])
        with self.assertRaisesRegex(RemoteAccessDenied, "guests are private"):
            self.adapter().read_page()

    def test_a_page_of_html_is_no_empty_list(self):
        self.server.control(faults=["html"])
        with self.assertRaisesRegex(RemoteProtocolError, "Maintenance"):
            self.adapter().read_page()

    def test_an_expired_token_reported_with_status_200_is_renewed(self):
        self.server.control(guests=1)
        self.adapter().read(ID(1))
        self.server.control(expire=True)
        self.assertEqual(self.adapter().read(ID(1))["name"], "Guest 1")
        self.assertEqual(self.server.control()["logins"], 2)

    def test_a_query_is_repeated_at_once_if_the_connection_breaks(self):
        self.server.control(guests=1, faults=["drop", "drop"])
        self.assertEqual(self.adapter().read(ID(1))["name"], "Guest 1")

    def test_a_query_has_no_idempotency_key(self):
        self.server.control(guests=1)
        self.backend = self.backend.with_context(job_uuid="job-1")
        self.adapter().read(ID(1))
        self.adapter().write(ID(1), {"name": "Ada"})
        *queries, mutation = self.server.control()["keys"]
        self.assertEqual(set(queries), {None})
        self.assertTrue(mutation.startswith("job-1-"))


@tagged("post_install", "-at_install")
class TestGraphqlLists(GraphqlCase):
    """Lists whose pages cannot be relied upon."""

    def read(self, *faults, guests=7):
        self.server.control(guests=guests)
        self.adapter().read_page()
        self.server.control(faults=faults)
        records = []
        with self.assertRaises(IncompleteListError) as caught:
            records.extend(record["id"] for record in self.adapter().search_read())
        return str(caught.exception)

    def test_a_next_page_without_a_cursor_is_an_incomplete_list(self):
        self.assertIn("gives no cursor", self.read("null_cursor"))

    def test_a_cursor_that_stays_is_an_incomplete_list(self):
        self.assertIn("links to itself", self.read("", "same_cursor"))

    def test_a_page_that_repeats_is_an_incomplete_list(self):
        self.assertIn("repeats the records", self.read("", "repeat_page"))

    def test_a_list_without_page_info_is_refused(self):
        self.server.control(guests=1, faults=["no_page_info"])
        with self.assertRaisesRegex(RemoteProtocolError, "pageInfo { hasNextPage"):
            self.adapter().read_page()

    def test_page_tokens_are_variables(self):
        self.server.control(guests=4)
        token = self.adapter().read_page().next_pages[0]
        sent = {key: val for key, val in token.items() if not key.startswith("_")}
        self.assertEqual(sent, {"first": 3, "after": "Mw=="})


@tagged("post_install", "-at_install")
class TestGraphqlWrites(GraphqlCase):
    def guests(self):
        return self.server.control()["guests"]

    def test_records_are_created_changed_and_deleted(self):
        external_id = self.adapter().create({"name": "Ada", "country": "BE"})
        self.assertEqual(external_id, ID(1))
        answer = self.adapter().write(external_id, {"name": "Ada Lovelace"})
        self.assertEqual(answer, {"id": ID(1), "name": "Ada Lovelace"})
        self.assertEqual(self.guests()[ID(1)]["name"], "Ada Lovelace")
        self.adapter().delete(external_id)
        self.assertFalse(self.guests())

    def test_errors_of_a_payload_name_the_field(self):
        with self.assertRaisesRegex(RemoteInvalidData, "input.name: is empty"):
            self.adapter().create({"name": ""})

    def test_a_missing_record_is_missing_in_payload_and_errors(self):
        with self.assertRaises(IDMissingInBackend):
            self.adapter().write(ID(404), {"name": "Ada"})
        with self.assertRaises(IDMissingInBackend):
            self.adapter().delete(ID(404))

    def test_a_mutation_whose_response_is_lost_takes_effect_once(self):
        self.backend = self.backend.with_context(job_uuid="job-1")
        self.server.control(faults=["lost"])
        self.assertEqual(self.adapter().create({"name": "Ada"}), ID(1))
        self.assertEqual(len(self.guests()), 1)

    def test_a_mutation_with_an_unknown_error_is_not_repeated(self):
        # A non-null name of the input type is not checked, that of the guest is.
        with self.assertRaises(RemoteRefused) as caught:
            self.adapter().create({"country": "BE"})
        self.assertIn("guestCreate.guest.name", str(caught.exception))


@tagged("post_install", "-at_install")
class TestGraphqlCosts(GraphqlCase):
    def setUp(self):
        super().setUp()
        self.server.control(guests=7)
        self.adapter().read_page()

    def budget(self, **values):
        self.server.control(budget={"maximum": 100, **values})

    def test_a_throttled_query_is_retried_when_the_budget_allows(self):
        cost_module._costs.clear()
        self.budget(available=0, restore_rate=0.5)
        with self.assertRaises(RemoteBusy) as caught:
            self.adapter().read_page()
        self.assertIn(caught.exception.seconds, (9, 10))
        self.assertTrue(caught.exception.ignore_retry)

    def test_a_short_wait_is_done_in_the_worker(self):
        cost_module._costs.clear()
        self.budget(available=0, restore_rate=20)
        start = time.monotonic()
        self.assertEqual(len(self.adapter().read_page().records), 3)
        self.assertGreater(time.monotonic() - start, 0.1)

    def test_a_query_that_cannot_be_paid_is_not_sent(self):
        self.budget(available=7, restore_rate=0.5)
        # This one costs 5 of 7 points.
        self.adapter().read_page()
        before = len(self.server.operations)
        with self.assertRaisesRegex(RemoteBusy, "rate limit") as caught:
            self.adapter().read_page()
        self.assertIn(caught.exception.seconds, (6, 7))
        self.assertEqual(len(self.server.operations), before)

    def test_a_cheaper_query_can_be_paid(self):
        self.adapter().read(ID(1))
        self.budget(available=7, restore_rate=0.5)
        self.adapter().read_page()
        self.assertEqual(self.adapter().read(ID(1))["name"], "Guest 1")

    def seconds_to_full(self):
        """Return when the budget is full again, as the database has it."""
        row = self.env["connector.rate.limiter"].search(
            [
                ("backend_model", "=", self.backend._name),
                ("backend_id", "=", self.backend.id),
                ("bucket", "=", "cost"),
            ]
        )
        return (row.full_at - datetime.now(timezone.utc).replace(tzinfo=None)).seconds

    def test_the_budget_is_shared_by_all_processes(self):
        self.budget(available=7, restore_rate=0.5)
        self.adapter().read_page()
        # 98 of 100 points are missing, half a point is restored per second.
        self.assertAlmostEqual(self.seconds_to_full(), 196, delta=5)

    def test_points_that_were_not_needed_are_returned(self):
        self.budget(available=100, restore_rate=0.5)
        self.adapter().read_page()
        # The server refunds the points of this query.
        self.budget(available=100, restore_rate=0.5)
        self.adapter().read_page()
        self.assertLess(self.seconds_to_full(), 25)

    def test_a_query_that_exceeds_the_budget_is_a_mistake(self):
        cost_module._costs.clear()
        self.budget(maximum=20, available=20, restore_rate=1)
        with self.assertRaises(RemoteProtocolError):
            self.adapter(_paging=ConnectionPaging(size=100)).read_page()


@tagged("post_install", "-at_install")
class TestGraphqlImport(GraphqlCase):
    def names(self):
        return sorted(self.env[CANTEEN_GUEST].search([]).mapped("name"))

    def test_a_list_is_imported(self):
        self.server.control(guests=7)
        run = self.sync()
        self.assertEqual(self.names(), [f"Guest {n}" for n in range(1, 8)])
        self.assertEqual((run.state, run.seen), ("done", 7))

    def test_changes_are_imported_by_the_next_run(self):
        self.server.control(guests=4)
        self.sync()
        self.server.control(add=[{"name": "Grace", "country": "BE"}])
        self.sync()
        self.assertIn("Grace", self.names())
        since = self.server.operations[-1]["variables"]["updatedSince"]
        self.assertTrue(since, "the second run read the whole list")

    def test_an_incomplete_list_is_an_incomplete_run(self):
        self.server.control(guests=4)
        self.adapter().read(ID(1))
        self.server.control(faults=["null_cursor"])
        run = self.sync()
        self.assertEqual(run.state, "incomplete")
        self.assertEqual(len(self.names()), 3)

    def test_a_bad_record_stops_only_itself(self):
        self.server.control(guests=3, add=[{"name": "Plato", "country": "Atlantis"}])
        run = self.sync()
        self.assertEqual(len(self.names()), 3)
        self.assertEqual(run.line_ids.mapped("external_id"), [ID(4)])

    def test_a_hidden_record_is_reported(self):
        self.server.control(guests=3)
        self.adapter().read(ID(1))
        self.server.control(faults=["null_node"])
        run = self.sync()
        self.assertEqual(self.names(), ["Guest 2", "Guest 3"])
        self.assertIn("Expected a record", run.line_ids.reason)


@tagged("post_install", "-at_install")
class TestGraphqlBulk(GraphqlCase):
    def start(self, **values):
        self.server.control(guests=5)
        operation_id = self.adapter().start_bulk("{ guests { edges { node { id } } } }")
        values.setdefault("url", f"{self.server.url}/file?signature=very-secret-thing")
        self.server.control(bulk={operation_id: values})
        return operation_id

    def test_an_operation_that_runs_is_asked_again_later(self):
        operation_id = self.start(status="RUNNING", objectCount="2")
        with self.assertRaisesRegex(RemoteBusy, "2 records so far") as caught:
            self.adapter().bulk_records(operation_id)
        self.assertEqual(caught.exception.seconds, 30)
        self.assertEqual(self.backend.circuit_state, "closed")

    def test_its_records_are_read_from_a_file(self):
        operation_id = self.start(status="COMPLETED", objectCount="5")
        ids = [record["id"] for record in self.adapter().bulk_records(operation_id)]
        self.assertEqual(ids, [ID(number) for number in range(1, 6)])

    def test_a_file_that_lacks_records_is_incomplete(self):
        operation_id = self.start(status="COMPLETED", objectCount="6")
        with self.assertRaisesRegex(IncompleteListError, "5 of 6"):
            list(self.adapter().bulk_records(operation_id))

    def test_no_file_means_no_records(self):
        operation_id = self.start(status="COMPLETED", objectCount="0", url=None)
        self.assertEqual(list(self.adapter().bulk_records(operation_id)), [])

    def test_a_failed_operation_says_why(self):
        operation_id = self.start(status="FAILED", errorCode="TIMEOUT")
        with self.assertRaisesRegex(RemoteRefused, "FAILED TIMEOUT"):
            self.adapter().bulk_records(operation_id)

    def test_the_signature_of_a_file_is_masked(self):
        url = "http://127.0.0.1:9/file?signature=very-secret-thing"
        operation_id = self.start(status="COMPLETED", url=url)
        with self.assertRaises(RemoteUnavailable):
            list(self.adapter().bulk_records(operation_id))
        self.assertNotIn("very-secret-thing", mask(url))
