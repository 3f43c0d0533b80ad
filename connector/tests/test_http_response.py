"""The interpretation of responses in all formats, and their limits."""

import gzip
import socket
import threading
import time
import zlib
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from unittest.mock import patch

from odoo.addons.connector.components.http.auth import (
    ApiKeyAuth,
    BasicAuth,
    BearerAuth,
)
from odoo.addons.connector.components.http.pagination import LinkPaging
from odoo.addons.connector.components.http.redaction import mask, register_login
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

from .rest_common import RestCase

LOGGER = "odoo.addons.connector.components.http.client"


class ResponseCase(RestCase):
    def outcome(self, status, body=None, *, attributes=None, **headers):
        for _again in range(5):
            self.server.add_response(body, status, **headers)
        with self.assertRaises(Exception) as caught:
            self.adapter(**(attributes or {})).read(7)
        return caught.exception


class TestStatuses(ResponseCase):
    def test_any_status_can_ask_to_wait(self):
        for status in (400, 401, 403, 404, 413, 423, 429, 500, 502, 503):
            error = self.outcome(status, Retry_After="17")
            self.assertIsInstance(error, RemoteBusy, status)
            self.assertEqual(error.seconds, 17, status)
            self.server._responses.clear()
            self.reopen()

    def test_a_date_to_wait_for_is_understood(self):
        moment = datetime.now(timezone.utc) + timedelta(seconds=100)
        error = self.outcome(403, Retry_After=format_datetime(moment, usegmt=True))
        self.assertIn(error.seconds, range(90, 102))

    def test_a_time_to_wait_that_is_none_is_left_out(self):
        for value in ("soon", "nan", "Mon, 99 Foo 2026 00:00:00 GMT"):
            self.assertIsInstance(
                self.outcome(422, Retry_After=value), RemoteInvalidData
            )
            self.server._responses.clear()

    def reopen(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM connector_circuit_breaker"
                " WHERE backend_model = %s AND backend_id = %s",
                (self.backend._name, self.backend.id),
            )

    def test_a_connector_says_what_its_statuses_mean(self):
        class Throttled(RemoteCallFailed):
            """Too many requests at once."""

        error = self.outcome(409, attributes={"_status_errors": {409: Throttled}})
        self.assertIsInstance(error, Throttled)
        self.server._responses.clear()
        error = self.outcome(423, attributes={"_retry_statuses": frozenset({423})})
        self.assertIsInstance(error, RemoteCallFailed)

    def test_what_is_gone_is_named(self):
        error = self.outcome(404)
        self.assertIsInstance(error, IDMissingInBackend)
        self.assertIn("/api/things/7", str(error))

    def test_an_oauth_error_is_one_of_the_login(self):
        for code in ("invalid_client", "invalid_grant"):
            error = self.outcome(400, {"error": code})
            self.assertIsInstance(error, RemoteAccessDenied, code)
            self.server._responses.clear()
        error = self.outcome(400, {"error": "price is missing"})
        self.assertIsInstance(error, RemoteInvalidData)


class TestReasons(ResponseCase):
    def message_of(self, body, **headers):
        text = str(self.outcome(422, body, **headers))
        self.server._responses.clear()
        return text

    def test_reasons_of_any_form_are_shown(self):
        for body, words in (
            (
                {"errors": {"email": ["is taken", "is short"]}},
                "email: is taken; is short",
            ),
            ({"errors": ["a is wrong", "b is wrong"]}, "a is wrong; b is wrong"),
            ({"errors": [{"field": "price", "message": "too low"}]}, "price: too low"),
            (
                {"message": "Invalid", "errors": {"sku": "unknown"}},
                "Invalid: sku: unknown",
            ),
            ({"detail": [{"loc": ["body", "x"], "msg": "missing"}]}, "body.x: missing"),
            ({"title": "Out of stock", "detail": "2 left"}, "Out of stock: 2 left"),
            ({"error": "bad", "error_description": "worse"}, "bad: worse"),
            ({"error": {"message": "price is missing"}}, "price is missing"),
            ({"code": 17, "why": "because"}, "code: 17; why: because"),
            ("just a text", "just a text"),
            (b"out of coffee", "out of coffee"),
        ):
            self.assertIn(words, self.message_of(body))

    def test_a_page_of_html_is_shown_as_text(self):
        page = b"<html><body><h1>Forbidden</h1><p>by the firewall</p></body></html>"
        message = self.message_of(page, Content_Type="text/html")
        self.assertIn("Forbidden", message)
        self.assertNotIn("<", message)

    def test_a_long_reason_is_cut_and_secrets_are_masked(self):
        self.backend.password = "correct-horse-battery"
        message = self.message_of(
            {"errors": "no correct-horse-battery " + "x" * 10_000}
        )
        self.assertLess(len(message), 500)
        self.assertNotIn("correct-horse-battery", message)


class TestJson(ResponseCase):
    def test_what_is_no_utf8_is_an_error_of_the_answer(self):
        for content_type in ("application/json", "text/html; charset=iso-8859-1"):
            self.server.add_response(b'{"name": "Caf\xe9"}', Content_Type=content_type)
            with self.assertRaises(RemoteProtocolError):
                self.adapter().read(7)

    def test_nesting_without_end_is_an_error_of_the_answer(self):
        self.server.add_response(b"[" * 100_000)
        with self.assertRaises(RemoteProtocolError):
            self.adapter().read(7)

    def test_values_that_are_no_json_are_not_sent(self):
        with self.assertRaisesRegex(RemoteInvalidData, "cannot be written as JSON"):
            self.adapter().create({"price": float("nan")})
        self.assertFalse(self.server.seen)

    def test_a_creation_without_an_id_tells_none(self):
        for body, status in (({"id": None}, 201), ({}, 201), (None, 204), (b"", 201)):
            self.server.add_response(body, status)
            self.assertIsNone(self.adapter().create({"name": "x"}))


class TestLimits(ResponseCase):
    def drip(self, seconds=0.05):
        while True:
            yield b" "
            time.sleep(seconds)

    def test_an_answer_in_drops_ends(self):
        self.server.add_response(self.drip())
        start = time.monotonic()
        with self.assertRaisesRegex(RemoteUnavailable, "did not respond in time"):
            self.adapter(_max_response_seconds=0.5).read(7)
        self.assertLess(time.monotonic() - start, 10)

    def test_headers_in_drops_end(self):
        def respond(connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            with suppress(OSError):
                while True:
                    connection.sendall(b"X-A: b\r\n")
                    time.sleep(0.05)

        self.serve_one_connection(respond)
        start = time.monotonic()
        with self.assertRaisesRegex(RemoteUnavailable, "did not respond in time"):
            self.adapter(_max_response_seconds=0.5).write(7, {})
        self.assertLess(time.monotonic() - start, 10)

    def test_headers_that_are_too_long_are_no_http(self):
        self.server.add_response({}, X_Long="x" * 100_000)
        with self.assertRaises(RemoteProtocolError):
            self.adapter().write(7, {})

    def test_what_speaks_no_http_is_not_tried_again(self):
        def respond(connection):
            connection.recv(1000)
            connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

        self.serve_one_connection(respond)
        with self.assertRaises(RemoteProtocolError):
            self.adapter().write(7, {})

    def serve_one_connection(self, respond):
        """Call ``respond(connection)`` for the next connection to the backend."""
        listening = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listening.close)
        self.backend.location = f"http://127.0.0.1:{listening.getsockname()[1]}"

        def serve():
            connection, _address = listening.accept()
            with connection:
                respond(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        self.addCleanup(thread.join, 5)

    def test_a_small_answer_that_becomes_huge_is_refused(self):
        bomb = gzip.compress(b" " * 50_000_000)
        self.server.add_response(bomb, Content_Encoding="gzip")
        with self.assertRaisesRegex(RemoteProtocolError, "exceeds the limit"):
            self.adapter().read(7)

    def test_an_answer_compressed_twice_is_refused(self):
        twice = gzip.compress(gzip.compress(b"{}"))
        self.server.add_response(twice, Content_Encoding="gzip, gzip")
        with self.assertRaisesRegex(RemoteProtocolError, "more than once"):
            self.adapter().read(7)

    def test_compressed_answers_are_read(self):
        for encoding, compress in (("gzip", gzip.compress), ("deflate", zlib.compress)):
            self.server.add_response(compress(b'{"id": 7}'), Content_Encoding=encoding)
            self.assertEqual(self.adapter().read(7), {"id": 7})


class TestPlaces(ResponseCase):
    def test_a_read_is_made_again_where_the_same_host_says(self):
        for status in (301, 302, 307, 308):
            self.server.add_response(None, status, Location="/api/things/7/")
            self.server.add_response({"id": 7})
            auth = BasicAuth("barista", "espresso")
            self.adapter(_build_request_auth=lambda adapter, auth=auth: auth).read(7)
            self.assertEqual(self.server.seen[-1].path, "/api/things/7/")
            self.assertIn("authorization", self.server.seen[-1].headers)

    def test_a_write_is_made_again_as_the_same_write(self):
        self.server.add_response(None, 308, Location="/api/things/")
        self.server.add_response({"id": 7}, 201)
        self.adapter().create({"name": "x"})
        self.assertEqual(self.server.seen[-1].method, "POST")
        self.assertEqual(self.server.seen[-1].json, {"name": "x"})

    def test_a_write_does_not_become_a_read(self):
        self.server.add_response(None, 302, Location="/api/things/")
        with self.assertRaises(RemoteRefused):
            self.adapter().create({"name": "x"})
        self.assertEqual(len(self.server.seen), 1)

    def test_redirections_end(self):
        for _again in range(20):
            self.server.add_response(None, 302, Location="/api/things/7")
        with self.assertRaises(RemoteRefused):
            self.adapter().read(7)
        self.assertLess(len(self.server.seen), 10)

    def test_a_redirection_to_another_host_is_not_followed(self):
        self.server.add_response(None, 302, Location="http://elsewhere.example/api")
        with self.assertRaisesRegex(RemoteRefused, "elsewhere.example"):
            self.adapter().read(7)

    def test_a_link_by_another_scheme_leads_to_the_location(self):
        adapter = self.adapter()
        for link in (
            self.server.url.replace("http:", "https:") + "/api/x?page=2",
            "http://127.0.0.1/api/x?page=2",
            "http://127.0.0.1:8080/api/x?page=2",
        ):
            self.assertEqual(
                adapter._build_request_url(link), f"{self.server.url}/api/x?page=2"
            )

    def test_a_location_that_is_none_says_how_to_write_it(self):
        for location in (
            "",
            "localhost:8080",
            "the kitchen",
            "http://",
            "http://a..b",
            "http://host:99999",
            "ftp://host",
            "//host",
        ):
            self.backend.location = location
            with self.assertRaisesRegex(RemoteRefused, "https://host:port"):
                self.adapter().read(7)

    def test_a_dead_proxy_is_blamed_itself(self):
        for location in ("http://127.0.0.1:1", "https://127.0.0.1:1"):
            self.backend.location = location
            proxies = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
            with (
                patch.dict("os.environ", {**proxies, "no_proxy": ""}),
                self.assertRaisesRegex(
                    RemoteUnavailable, "proxy 127.0.0.1:9"
                ) as caught,
            ):
                self.adapter().read(7)
            self.assertTrue(caught.exception.ignore_retry)

    def test_a_key_that_cannot_be_sent_is_blamed_itself(self):
        for key in ("line\nbreak", "k€y-☕"):
            with self.assertRaisesRegex(RemoteRefused, "password or key"):
                self.adapter(
                    _build_request_auth=lambda adapter, key=key: BearerAuth(key)
                ).read(7)
            self.assertFalse(self.server.seen)


class TestCredentials(ResponseCase):
    def test_basic_is_utf8(self):
        auth = BasicAuth("jürgen", "pässwort☕")
        self.adapter(_build_request_auth=lambda adapter: auth).read(1)
        # base64 of "jürgen:pässwort☕" in UTF-8.
        header = self.server.seen[0].headers["authorization"]
        self.assertEqual(header, "Basic asO8cmdlbjpww6Rzc3dvcnTimJU=")

    def test_secrets_are_masked_in_any_form(self):
        secret = 'Zx+9/k="€'
        register_login("shop", secret)
        for text in (
            secret,
            "key=Zx%2B9%2Fk%3D%22%E2%82%AC",
            "key=Zx%2b9%2fk%3d%22%e2%82%ac",
            "Zx%2B9/k%3D%22%E2%82%AC",
            '{"x": "Zx+9/k=\\"\\u20ac"}',
            '{"x": "Zx+9\\/k=\\"\\u20ac"}',
            "Basic c2hvcDpaeCs5L2s9IuKCrA==",
            "WngrOS9rPSLigqw=",
        ):
            masked = mask(text)
            self.assertIn("***", masked, text)
            self.assertNotIn("k=", masked, text)

    def test_a_password_in_an_address_is_masked(self):
        for text in ("http://me:pw@host/x", "failed: https://me:p%40w@host:1/"):
            self.assertRegex(mask(text), r"://\*\*\*@host")

    def test_a_key_in_the_query_is_not_logged(self):
        auth = ApiKeyAuth("Zx+9/k==abc", param="k")
        with self.assertLogs(LOGGER) as logs:
            self.adapter(_build_request_auth=lambda adapter: auth).read(1)
        self.assertNotIn("Zx", " ".join(logs.output))
        self.assertIn("***", " ".join(logs.output))

    def test_a_password_in_the_location_is_used_and_not_logged(self):
        self.backend.username = self.backend.password = ""
        place = self.server.url.replace("://", "://me:Open%2BSesame9@")
        self.backend.location = place
        with self.assertLogs(LOGGER) as logs:
            self.adapter(
                _build_request_auth=lambda adapter: BasicAuth(*adapter._credentials())
            ).read(1)
        header = self.server.seen[0].headers["authorization"]
        self.assertEqual(header, "Basic bWU6T3BlbitTZXNhbWU5")
        message = " ".join(logs.output)
        self.assertNotIn("Sesame9", message)

    def test_a_key_in_a_link_is_not_kept_in_a_job_and_sent_once(self):
        auth = ApiKeyAuth("k3y1secret", param="key")
        link = '<?page=2&key=k3y1secret>; rel="next"'
        self.server.add_response([{"id": 1}], Link=link)
        self.server.add_response([{"id": 2}])
        adapter = self.adapter(
            _paging=LinkPaging(), _build_request_auth=lambda adapter: auth
        )
        page = adapter.read_page()
        self.assertNotIn("k3y1secret", str(page.next_pages))
        adapter.read_page(None, page.next_pages[0])
        self.assertEqual(self.server.seen[-1].path, "/api/things?page=2&key=k3y1secret")


class TestIdempotency(ResponseCase):
    def keys(self, *calls, job="abc"):
        adapter = self.adapter(context={"job_uuid": job})
        start = len(self.server.seen)
        for method, kwargs in calls:
            adapter.call(method, "/api/orders", **kwargs)
        return [seen.headers["idempotency-key"] for seen in self.server.seen[start:]]

    def test_calls_that_differ_in_anything_have_keys_of_their_own(self):
        keys = self.keys(
            ("POST", {"data": "a"}),
            ("POST", {"data": b"b"}),
            ("POST", {"data": {"x": "1"}}),
            ("POST", {"json": {"x": "1"}}),
            ("POST", {"params": {"x": "1"}}),
            ("POST", {"params": {"x": "2"}}),
            ("PUT", {"params": {"x": "2"}}),
            ("POST", {}),
        )
        self.assertEqual(len(set(keys)), len(keys))

    def test_equal_calls_are_counted_the_same_in_each_try(self):
        calls = [("POST", {"json": {"x": 1}})] * 3
        keys = self.keys(*calls)
        self.assertEqual(len(set(keys)), 3)
        # The next attempt, after a rollback.
        self.env.cr.postrollback.run()
        self.assertEqual(self.keys(*calls), keys)
        self.assertFalse(set(keys) & set(self.keys(*calls, job="other")))

    def test_a_call_that_got_no_answer_keeps_its_key(self):
        adapter = self.adapter(context={"job_uuid": "abc"})
        self.server.add_response(None, 409)
        with self.assertRaises(RemoteInvalidData):
            adapter.call("POST", "/api/orders", json={})
        adapter.call("POST", "/api/orders", json={})
        first, second = (seen.headers["idempotency-key"] for seen in self.server.seen)
        self.assertEqual(first, second)
