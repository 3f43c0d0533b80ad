"""What the responses of GraphQL APIs mean: bodies as published by their vendors."""

from datetime import datetime, timedelta, timezone

from odoo.addons.connector.exception import IDMissingInBackend
from odoo.addons.connector.exceptions_http import (
    RemoteAccessDenied,
    RemoteBusy,
    RemoteCallFailed,
    RemoteInvalidData,
    RemoteProtocolError,
    RemoteRefused,
    RemoteUnavailable,
)

from .graphql_common import GraphqlAdapterCase


def error(code=None, path=None, message="so it is", **values):
    extensions = {"extensions": {"code": code}} if code else {}
    place = {"path": path} if path else {}
    return {"message": message, **extensions, **place, **values}


def in_seconds(seconds):
    return datetime.now(timezone.utc) + timedelta(seconds=seconds)


class TestGraphqlErrors(GraphqlAdapterCase):
    def kind(self, *errors, act=None, **answer):
        error = self.outcome({"errors": [*errors], **answer}, act=act)
        return type(error)

    def test_codes_mean_the_same_in_either_place(self):
        wanted = {
            "FORBIDDEN": RemoteAccessDenied,
            "UNAUTHENTICATED": RemoteAccessDenied,
            "INTERNAL_SERVER_ERROR": RemoteCallFailed,
            "BAD_USER_INPUT": RemoteInvalidData,
            "GRAPHQL_VALIDATION_FAILED": RemoteProtocolError,
        }
        for code, kind in wanted.items():
            with self.subTest(code):
                self.assertEqual(self.kind(error(code), data=None), kind)
                self.assertEqual(self.kind(error(type=code), data=None), kind)

    def test_without_a_code_a_request_is_invalid_if_it_was_not_executed(self):
        self.assertEqual(self.kind(error()), RemoteProtocolError)
        self.assertEqual(self.kind(error(), data={"thing": None}), RemoteCallFailed)

    def test_a_mutation_is_not_repeated_for_an_unknown_reason(self):
        def mutate(adapter):
            adapter.mutate("mutation { change { id } }")

        self.assertEqual(
            self.kind(error(), data={"change": None}, act=mutate), RemoteRefused
        )

    def test_a_record_is_missing_only_if_nothing_else_is_wrong(self):
        def list_things(adapter):
            adapter.read_page()

        missing = error("NOT_FOUND", ["things"])
        failed = error("INTERNAL", ["other"])
        data = {"things": None}
        self.assertEqual(
            self.kind(missing, data=data, act=list_things), IDMissingInBackend
        )
        self.assertEqual(
            self.kind(missing, failed, data=data, act=list_things), RemoteCallFailed
        )
        self.assertEqual(
            self.kind(missing, failed, data={"thing": None}), RemoteCallFailed
        )

    def test_denied_access_comes_before_everything_else(self):
        kind = self.kind(error("INTERNAL"), error("FORBIDDEN"), error("THROTTLED"))
        self.assertEqual(kind, RemoteAccessDenied)

    def test_a_connector_adds_codes(self):
        adapter = self.adapter(_error_codes={"SOLD_OUT": RemoteInvalidData})
        found = self.outcome({"errors": [error("SOLD_OUT")]}, adapter=adapter)
        self.assertIsInstance(found, RemoteInvalidData)
        self.assertIn("SOLD_OUT: so it is", str(found))

    def test_data_with_errors_is_not_returned(self):
        body = {"data": {"thing": {"id": 7, "name": None}}, "errors": [error()]}
        self.assertIsInstance(self.outcome(body), RemoteCallFailed)

    def test_a_message_contains_no_secret(self):
        body = {"errors": [error("FORBIDDEN", message="espresso is no password")]}
        self.assertIn("*** is no password", str(self.outcome(body)))

    def test_a_status_decides_if_the_body_does_not(self):
        # As Shopify rejects a token.
        body = {"errors": "[API] Invalid API key or access token"}
        found = self.outcome(body, 401)
        self.assertIsInstance(found, RemoteAccessDenied)
        self.assertIn("Invalid API key", str(found))
        self.assertIsInstance(self.outcome(b"<html>", 502), RemoteUnavailable)

    def test_a_code_decides_whatever_the_status(self):
        for status in (200, 400, 500):
            found = self.outcome({"errors": [error("FORBIDDEN")]}, status)
            self.assertIsInstance(found, RemoteAccessDenied)

    def test_an_invalid_document_with_status_400_is_a_mistake(self):
        found = self.outcome({"errors": [error()]}, 400)
        self.assertIsInstance(found, RemoteProtocolError)

    def test_a_response_without_data_and_errors_is_not_understood(self):
        for body in ({}, [], b"", {"data": []}):
            self.assertIsInstance(self.outcome(body), RemoteProtocolError)

    def test_payload_errors_of_any_name_are_errors(self):
        for key in ("errors", "userErrors", "mediaUserErrors"):
            payload = {"thing": None, key: [{"field": ["name"], "message": "taken"}]}
            adapter = self.adapter(_create_mutation="mutation($input: I!) { x }")
            found = self.outcome(
                {"data": {"thingCreate": payload}},
                act=lambda adapter: adapter.create({"name": "x"}),
                adapter=adapter,
            )
            self.assertIsInstance(found, RemoteInvalidData)
            self.assertIn("name: taken", str(found))

    def test_a_null_payload_of_a_write_is_a_missing_record(self):
        adapter = self.adapter(_update_mutation="mutation { x }")
        found = self.outcome(
            {"data": {"thingUpdate": None}},
            act=lambda adapter: adapter.write(7, {}),
            adapter=adapter,
        )
        self.assertIsInstance(found, IDMissingInBackend)


class TestGraphqlLimits(GraphqlAdapterCase):
    def test_a_query_throttled_by_shopify_waits_for_the_missing_points(self):
        cost = {
            "requestedQueryCost": 752,
            "actualQueryCost": None,
            "throttleStatus": {
                "maximumAvailable": 1000.0,
                "currentlyAvailable": 666,
                "restoreRate": 50.0,
            },
        }
        throttled = error("THROTTLED", message="Throttled")
        body = {"errors": [throttled], "extensions": {"cost": cost}}
        for status in (200, 429):
            found = self.outcome(body, status)
            self.assertIsInstance(found, RemoteBusy)
            # 86 points at 50 points per second.
            self.assertEqual(found.seconds, 2)
            self.end_of_wait()

    def test_a_query_limited_by_github_waits_for_the_reset(self):
        headers = {
            "X_RateLimit_Remaining": "0",
            "X_RateLimit_Reset": str(int(in_seconds(600).timestamp())),
        }
        for status, body in (
            (200, {"errors": [{"type": "RATE_LIMITED", "message": "exceeded"}]}),
            (403, {"message": "API rate limit exceeded"}),
        ):
            found = self.outcome(body, status, **headers)
            self.assertIsInstance(found, RemoteBusy)
            self.assertAlmostEqual(found.seconds, 600, delta=5)
            self.end_of_wait()

    def test_after_the_last_points_of_github_nothing_is_sent_until_the_reset(self):
        limit = {
            "cost": 5,
            "remaining": 3,
            "resetAt": in_seconds(600).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        self.server.add_response({"data": {"thing": {"id": 7}, "rateLimit": limit}})
        self.assertEqual(self.adapter().read(7), {"id": 7})
        with self.assertRaisesRegex(RemoteBusy, "3 points are left") as caught:
            self.adapter().read(7)
        self.assertGreater(caught.exception.seconds, 590)
        self.assertEqual(len(self.server.seen), 1)

    def test_retry_after_goes_before_the_budget(self):
        found = self.outcome({"errors": [error("THROTTLED")]}, Retry_After="17")
        self.assertEqual(found.seconds, 17)

    def test_an_unknown_form_of_costs_is_ignored(self):
        cost = {"throttleStatus": {"currentlyAvailable": "plenty"}}
        extensions = {"extensions": {"cost": cost}}
        self.server.add_response({"data": {"thing": {"id": 7}}, **extensions})
        self.assertEqual(self.adapter().read(7), {"id": 7})

    def test_points_reserved_by_other_requests_stay_reserved(self):
        limiter = self.env["connector.rate.limiter"]
        # Two requests of 50 of 100 points, a point per second.
        for _request in range(2):
            self.assertTrue(limiter._reserve(self.backend, 50, 2, 0, "cost")[0])
        # One was answered: it took 10 points, the other one has not arrived yet.
        limiter._correct(self.backend, "cost", seconds_to_full=10, refund=40)
        self.assertTrue(limiter._reserve(self.backend, 39, 100 / 39, 0, "cost")[0])
        self.assertFalse(limiter._reserve(self.backend, 5, 20, 0, "cost")[0])
        # Requests of other clients are known from the report only.
        limiter._correct(self.backend, "cost", seconds_to_full=500, refund=0)
        _reserved, seconds = limiter._reserve(self.backend, 1, 100, 0, "cost")
        self.assertGreater(seconds, 395)

    def test_a_rate_limit_is_independent_of_the_costs(self):
        limiter = self.env["connector.rate.limiter"]
        self.assertTrue(limiter._reserve(self.backend, 60, 1, 0, "cost")[0])
        self.assertTrue(limiter._reserve(self.backend, 60, 1, 0)[0])
        self.assertFalse(limiter._reserve(self.backend, 60, 1, 0)[0])

    def end_of_wait(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE connector_circuit_breaker SET blocked_until = NULL"
                " WHERE backend_model = %s AND backend_id = %s",
                (self.backend._name, self.backend.id),
            )
