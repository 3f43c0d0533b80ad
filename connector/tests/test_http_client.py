import logging
from unittest.mock import patch

import requests

from odoo.addons.connector.components.http import circuit_breaker
from odoo.addons.connector.components.http.auth import (
    ApiKeyAuth,
    BasicAuth,
    BearerAuth,
    LoginAuth,
    Token,
    client_credentials,
)
from odoo.addons.connector.components.http.session import session_for
from odoo.addons.connector.exception import IDMissingInBackend
from odoo.addons.connector.exceptions_http import (
    RemoteAccessDenied,
    RemoteBusy,
    RemoteInvalidData,
    RemoteProtocolError,
    RemoteRefused,
    RemoteUnavailable,
)
from odoo.addons.queue_job.exception import FailedJobError, RetryableJobError

from .http_server import DROP
from .rest_common import RestCase

LOGGER = "odoo.addons.connector.components.http.client"


class TestOutcomes(RestCase):
    def outcome(self, status, body=None, **headers):
        for _again in range(5):
            self.server.add_response(body, status, **headers)
        with self.assertRaises(Exception) as caught:
            self.adapter().read(7)
        return caught.exception

    def test_what_was_read_is_returned(self):
        self.server.add_response({"id": 7, "name": "Seven"})
        self.assertEqual(self.adapter().read(7), {"id": 7, "name": "Seven"})
        self.assertEqual(self.server.seen[0].path, "/api/things/7")

    def test_an_id_cannot_lead_to_another_path(self):
        self.adapter().read("../secrets?x=1")
        self.assertEqual(self.server.seen[0].path, "/api/things/..%2Fsecrets%3Fx%3D1")

    def test_a_failing_server_is_tried_again_later(self):
        error = self.outcome(500)
        self.assertIsInstance(error, RemoteUnavailable)
        self.assertIsInstance(error, RetryableJobError)
        self.assertFalse(error.ignore_retry)

    def test_a_busy_server_is_tried_again_when_it_says(self):
        error = self.outcome(429, Retry_After="17")
        self.assertIsInstance(error, RemoteBusy)
        self.assertEqual(error.seconds, 17)
        self.assertTrue(error.ignore_retry)
        self.assertEqual(len(self.server.seen), 1, "it did not wait as requested")

    def test_a_server_busy_for_a_second_is_called_again_by_the_same_job(self):
        for _call in range(2):
            self.server.add_response({}, 429, Retry_After="1")
        self.server.add_response({"id": 1})
        with patch.object(circuit_breaker.time, "sleep") as sleep:
            sleep.side_effect = lambda seconds: self.end_of_wait()
            self.assertEqual(self.adapter().read(1), {"id": 1})
        self.assertEqual(len(self.server.seen), 3)

    def end_of_wait(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE connector_circuit_breaker SET blocked_until = NULL"
                " WHERE backend_model = %s AND backend_id = %s",
                (self.backend._name, self.backend.id),
            )

    def test_a_server_in_maintenance_is_tried_again_when_it_says(self):
        error = self.outcome(503, Retry_After="Fri, 31 Dec 1999 23:59:59 GMT")
        self.assertIsInstance(error, RemoteBusy)
        self.assertEqual(error.seconds, 1)

    def test_wrong_credentials_fail_at_once_and_say_what_to_do(self):
        error = self.outcome(401, {"error": {"message": "authentication required"}})
        self.assertIsInstance(error, RemoteAccessDenied)
        self.assertIsInstance(error, FailedJobError)
        self.assertIn("authentication required", str(error))
        self.assertIn("password", str(error))
        self.assertEqual(len(self.server.seen), 1)

    def test_values_it_does_not_take_fail_at_once_with_its_reason(self):
        error = self.outcome(422, {"error": {"message": "price is missing"}})
        self.assertIsInstance(error, RemoteInvalidData)
        self.assertIn("price is missing", str(error))

    def test_what_is_gone_is_missing_in_the_backend(self):
        self.assertIsInstance(self.outcome(404), IDMissingInBackend)

    def test_a_call_it_does_not_know_never_works(self):
        self.assertIsInstance(self.outcome(405), RemoteProtocolError)

    def test_a_redirection_is_not_followed_with_credentials(self):
        error = self.outcome(302, Location="http://elsewhere.example")
        self.assertIsInstance(error, RemoteRefused)
        self.assertIn("elsewhere.example", str(error))

    def test_a_host_that_is_off_costs_no_try(self):
        self.backend.location = "http://127.0.0.1:9"
        with self.assertRaises(RemoteUnavailable) as caught:
            self.adapter().read(7)
        self.assertTrue(caught.exception.ignore_retry)
        self.assertIn("127.0.0.1:9 cannot be reached", str(caught.exception))

    def test_a_location_that_is_none_says_how_to_write_it(self):
        self.backend.location = "the kitchen"
        with self.assertRaisesRegex(RemoteRefused, "https://host:port"):
            self.adapter().read(7)

    def test_an_answer_that_is_no_json_never_works(self):
        self.server.add_response(b"<html>Welcome</html>")
        with self.assertRaisesRegex(RemoteProtocolError, "Welcome"):
            self.adapter().read(7)

    def test_a_huge_answer_is_refused_before_it_is_read(self):
        self.server.add_response(b" " * 5_000_000)
        with self.assertRaisesRegex(RemoteProtocolError, "exceeds the limit"):
            self.adapter(_max_response_bytes=1_000_000).read(7)

    def test_a_list_of_the_wrong_shape_never_works(self):
        self.server.add_response({"error": "no items here"})
        with self.assertRaises(RemoteProtocolError):
            list(self.adapter().search_read())


class TestRepetition(RestCase):
    def test_a_read_is_repeated_at_once(self):
        self.server.add_response(DROP)
        self.server.add_response(None, 502)
        self.server.add_response({"id": 7})
        self.assertEqual(self.adapter().read(7), {"id": 7})

    def test_a_write_is_not_repeated_where_it_would_be_made_twice(self):
        self.server.add_response(DROP)
        with self.assertRaises(RemoteUnavailable):
            self.adapter(context={"job_uuid": "abc"}).create({"name": "x"})
        self.assertEqual(len(self.server.seen), 1)

    def test_a_write_with_a_key_is_repeated_where_keys_are_known(self):
        self.server.add_response(DROP)
        self.server.add_response({"id": 9, "name": "x"})
        adapter = self.adapter(context={"job_uuid": "abc"}, _idempotent_writes=True)
        self.assertEqual(adapter.create({"name": "x"}), 9)
        keys = {request.headers["idempotency-key"] for request in self.server.seen}
        self.assertEqual(len(keys), 1)

    def test_two_writes_of_a_job_have_two_keys(self):
        adapter = self.adapter(context={"job_uuid": "abc"})
        adapter.write(1, {"name": "x"})
        adapter.write(2, {"name": "x"})
        first, second = (r.headers["idempotency-key"] for r in self.server.seen)
        self.assertNotEqual(first, second)
        self.assertTrue(first.startswith("abc-"))

    def test_a_create_answered_in_other_words_is_not_followed_by_a_write(self):
        self.server.add_response({"id": 9, "price": "1.20"})
        self.adapter().create({"price": 1.2})
        self.assertEqual(len(self.server.seen), 1)

    def test_a_key_kept_by_the_exporter_goes_with_the_create_alone(self):
        adapter = self.adapter()
        adapter.idempotency_key, adapter.is_repetition = "kept", True
        self.server.add_response({"id": 9, "name": "older"})
        adapter.create({"name": "newer"})
        create, update = self.server.seen
        self.assertEqual(create.headers["idempotency-key"], "kept")
        self.assertEqual(update.method, "PATCH")
        self.assertEqual(update.json, {"name": "newer"})
        self.assertNotIn("idempotency-key", update.headers)


class TestAuthentication(RestCase):
    def header(self, auth, name="authorization"):
        self.adapter(_build_request_auth=lambda adapter: auth).read(1)
        return self.server.seen[-1].headers.get(name)

    def test_basic(self):
        self.assertEqual(self.header(BasicAuth("a", "b")), "Basic YTpi")

    def test_bearer(self):
        self.assertEqual(self.header(BearerAuth("t0ken")), "Bearer t0ken")

    def test_api_key_in_a_header(self):
        self.assertEqual(self.header(ApiKeyAuth("k3y1"), "x-api-key"), "k3y1")

    def test_api_key_in_the_query(self):
        self.header(ApiKeyAuth("k3y1", param="key"))
        self.assertEqual(self.server.seen[-1].path, "/api/things/1?key=k3y1")

    def login_adapter(self, *tokens):
        self.logins = 0

        def login():
            self.logins += 1
            return Token(f"token{self.logins}", 60)

        return self.adapter(
            _build_request_auth=lambda adapter: LoginAuth(
                adapter.session, adapter._login_once(login)
            )
        )

    def test_one_login_serves_many_calls(self):
        adapter = self.login_adapter()
        adapter.read(1)
        adapter.read(2)
        self.assertEqual(self.logins, 1)
        self.assertEqual(self.server.seen[1].headers["authorization"], "Bearer token1")

    def test_a_token_that_ended_is_renewed_and_the_call_made(self):
        adapter = self.login_adapter()
        adapter.read(1)
        self.server.add_response(None, 401)
        self.server.add_response({"id": 2})
        self.assertEqual(adapter.read(2), {"id": 2})
        self.assertEqual(self.server.seen[-1].headers["authorization"], "Bearer token2")

    def test_a_token_that_is_never_taken_is_no_endless_loop(self):
        adapter = self.login_adapter()
        for _again in range(9):
            self.server.add_response(None, 401)
        with self.assertRaises(RemoteAccessDenied):
            adapter.read(1)
        self.assertEqual(len(self.server.seen), 4)

    def test_a_wrong_password_is_not_tried_again_and_again(self):
        def login(adapter):
            return Token(adapter.call("POST", "/login", auth=BasicAuth("a", "b")), 60)

        adapter = self.adapter(
            _build_request_auth=lambda adapter: LoginAuth(
                adapter.session, adapter._login_once(lambda: login(adapter))
            )
        )
        for _again in range(3):
            self.server.add_response(None, 401)
            with self.assertRaises(RemoteAccessDenied):
                adapter.read(1)
        self.assertEqual(len(self.server.seen), 1)
        self.backend.password = "corrected"
        with self.assertRaises(RemoteAccessDenied):
            adapter.read(1)
        self.assertEqual(len(self.server.seen), 2, "the new password was not tried")

    def test_client_credentials(self):
        self.server.add_response({"access_token": "oauth", "expires_in": 3600})
        adapter = self.adapter()
        login = client_credentials(
            lambda form: adapter.call("POST", "/token", data=form), "me", "s3cret"
        )
        self.assertEqual(login(), Token("oauth", 3600))
        self.assertIn(b"grant_type=client_credentials", self.server.seen[0].body)


class TestSessions(RestCase):
    def test_connections_are_kept_for_the_next_component(self):
        first, second = self.adapter(), self.adapter()
        self.assertIs(first.session, second.session)

    def test_other_credentials_make_another_session(self):
        adapter = self.adapter()
        former = adapter.session
        self.backend.password = "changed"
        self.assertIsNot(adapter.session, former)

    def test_no_credential_is_kept_to_compare(self):
        made = session_for(("db", "x", 1), ("password1",), requests.Session)
        again = session_for(("db", "x", 1), ("password1",), requests.Session)
        self.assertIs(made, again)
        other = session_for(("db", "x", 1), ("password2",), requests.Session)
        self.assertIsNot(made, other)


class TestSecrecy(RestCase):
    def test_passwords_are_not_logged(self):
        adapter = self.adapter(
            _build_request_auth=lambda adapter: ApiKeyAuth("k3y1secret", param="k")
        )
        with self.assertLogs(LOGGER, logging.INFO) as logs:
            adapter.read(1)
        self.assertIn("/api/things/1", logs.output[0])
        self.assertNotIn("k3y1secret", " ".join(logs.output))

    def test_credentials_do_not_follow_a_link_to_another_host(self):
        with self.assertRaisesRegex(RemoteProtocolError, "elsewhere.example"):
            self.adapter().call("GET", "http://elsewhere.example/steal")
        self.assertFalse(self.server.seen)
