"""Responses are recorded once and replayed without the external system."""

import os
from pathlib import Path
from unittest.mock import patch

from vcr.errors import CannotOverwriteExistingCassetteException

from odoo.addons.connector.tests import recording
from odoo.addons.connector.tests.common import ConnectorCase, FakeApi

MODEL = "kiosk.res.partner"
CASSETTES = Path(__file__).parent / "cassettes"


class TestRecording(ConnectorCase):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.password = "a-very-secret-word"
        self.backend = self.env["kiosk.backend"].create(
            {
                "name": "Kiosk",
                "location": "https://kiosk.example.com",
                "username": "ada",
                "password": self.password,
            }
        )

    def adapter(self):
        with self.work_on(self.backend, MODEL) as work:
            return work.component(usage="backend.adapter")

    def record(self, name):
        """Record some requests; return the content of the file."""
        path = CASSETTES / f"{name}.yaml"
        self.addCleanup(path.unlink, missing_ok=True)
        with FakeApi("/api/guests", username="ada", password=self.password) as api:
            api.add("/api/guests", name="Ada", token="another-secret")
            self.backend.location = api.url
            with patch.dict(os.environ, {recording.RECORD: "1"}), self.recorded(name):
                self.responses = self.call()
        self.backend.location = "https://kiosk.example.com"
        return path.read_text()

    def call(self):
        filters = {"api_key": "a-third-secret"}
        return list(self.adapter().search_read(filters))

    def test_a_recording_is_replayed_without_the_other_system(self):
        self.record("replayed")
        with self.recorded("replayed") as cassette:
            (guest,) = self.call()
        self.assertEqual(guest["name"], "Ada")
        self.assertTrue(cassette.all_played)

    def test_no_secret_is_recorded(self):
        text = self.record("secrets")
        self.assertIn("Ada", text)
        for secret in (self.password, "another-secret", "a-third-secret"):
            self.assertNotIn(secret, text)
        self.assertNotIn("YWRhOm", text, "the beginning of the login in Base64")

    def test_recording_returns_the_real_responses(self):
        self.record("true")
        self.assertEqual(self.responses[0]["token"], "another-secret")

    def test_what_was_never_recorded_is_said_so(self):
        with self.assertRaisesRegex(FileNotFoundError, recording.RECORD):
            with self.recorded("nothing"):
                self.call()

    def test_a_call_that_was_not_recorded_is_an_error(self):
        self.record("other_call")
        with self.recorded("other_call"):
            with self.assertRaises(CannotOverwriteExistingCassetteException):
                self.adapter().call("GET", "/api/guests/7")
