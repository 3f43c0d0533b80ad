"""Requests signed with a shared secret."""

import base64
import hashlib
import hmac
import json
import logging

from odoo.addons.connector.components.http.auth import HmacAuth

from .rest_common import RestCase

SECRET = "s3cret-of-both"


class TestHmacAuth(RestCase):
    def sign(self, **options):
        return self.adapter(
            _build_request_auth=lambda adapter: HmacAuth("key-1", SECRET, **options)
        )

    def expected(self, text):
        return hmac.new(SECRET.encode(), text.encode(), hashlib.sha256)

    def test_a_read_is_signed_with_its_query(self):
        self.server.add_response([])
        self.sign().call("GET", "/api/things", params={"color": "dark red"})
        seen = self.server.seen[0]
        text = f"{seen.headers['x-timestamp']}GET{seen.path}"
        self.assertEqual(seen.path, "/api/things?color=dark+red")
        self.assertEqual(seen.headers["x-api-key"], "key-1")
        self.assertEqual(seen.headers["x-signature"], self.expected(text).hexdigest())

    def test_a_write_is_signed_with_the_bytes_that_are_sent(self):
        self.server.add_response({"id": 1})
        self.sign(encoding="base64", prefix="v1 ").create({"name": "Café"})
        seen = self.server.seen[0]
        self.assertEqual(json.loads(seen.body), {"name": "Café"})
        text = f"{seen.headers['x-timestamp']}POST/api/things{seen.body.decode()}"
        signature = base64.b64encode(self.expected(text).digest()).decode()
        self.assertEqual(seen.headers["x-signature"], f"v1 {signature}")

    def test_an_api_says_itself_what_is_signed_and_where_it_stands(self):
        self.sign(
            key_header="Access-Key",
            signature_header="Access-Sign",
            timestamp_header="Access-Time",
            message=lambda request, timestamp: f"{timestamp}|{request.method}".encode(),
        ).read(7)
        headers = self.server.seen[0].headers
        text = f"{headers['access-time']}|GET"
        self.assertEqual(headers["access-sign"], self.expected(text).hexdigest())
        self.assertEqual(headers["access-key"], "key-1")

    def test_the_secret_is_neither_sent_nor_logged(self):
        name = "odoo.addons.connector.components.http"
        with self.assertLogs(name, logging.INFO) as logs:
            self.sign().call("GET", f"/api/things/{SECRET}")
        self.assertNotIn(SECRET, str(self.server.seen[0].headers))
        self.assertNotIn(SECRET, " ".join(logs.output))

    def test_a_stream_is_refused(self):
        with self.assertRaisesRegex(TypeError, "cannot be signed"):
            self.sign().call("POST", "/api/things", data=iter([b"one", b"two"]))
        self.assertFalse(self.server.seen)
