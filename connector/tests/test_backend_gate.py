from unittest.mock import patch

from odoo.addons.connector.components.rest.gate import Gate
from odoo.addons.connector.exceptions_http import (
    RemoteAccessDenied,
    RemoteBusy,
    RemoteRefused,
    RemoteUnavailable,
)
from odoo.addons.connector.models import connector_backend_gate as gate_model

from .rest_common import RestCase


class TestBackendGate(RestCase):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    def gate(self, **kwargs):
        return Gate(self.backend, kwargs.pop("per_second", None), **kwargs)

    def assert_open(self):
        self.gate().pass_or_raise()

    def assert_closed(self):
        with self.assertRaises(RemoteBusy) as caught:
            self.gate().pass_or_raise()
        return caught.exception

    def test_a_host_that_cannot_be_reached_is_left_alone_at_once(self):
        self.gate().learn(RemoteUnavailable("it is off", ignore_retry=True))
        error = self.assert_closed()
        self.assertEqual(str(error), "it is off")
        self.assertTrue(error.ignore_retry)
        self.assertGreater(error.seconds, 0)

    def test_a_single_failure_stops_nobody(self):
        self.gate().learn(RemoteUnavailable("500"))
        self.assert_open()

    def test_many_failures_in_a_row_stop_everybody(self):
        for _again in range(gate_model.THRESHOLD):
            self.assert_open()
            self.gate().learn(RemoteUnavailable("500"))
        self.assert_closed()

    def test_a_success_between_failures_starts_the_count_anew(self):
        for _again in range(gate_model.THRESHOLD):
            self.gate().learn(RemoteUnavailable("500"))
            gate = self.gate()
            gate.pass_or_raise()
            gate.learn(None)
        self.assert_open()

    def test_a_wrong_password_is_no_outage(self):
        for _again in range(gate_model.THRESHOLD):
            self.gate().learn(RemoteAccessDenied("who are you?"))
        self.assert_open()

    def test_asking_to_wait_stops_everybody_for_that_long(self):
        self.gate().learn(RemoteBusy("slow down", seconds=100))
        self.assertGreaterEqual(self.assert_closed().seconds, 99)

    def test_waits_grow_up_to_a_limit(self):
        waits = []
        for _again in range(8):
            with patch.object(gate_model, "THRESHOLD", 1):
                self.gate().learn(RemoteUnavailable("off", ignore_retry=True))
            seconds, _reason, _failures = self.backend.env[
                "connector.backend.gate"
            ]._look(self.backend)
            waits.append(round(seconds))
            # The time is over, nobody succeeded yet.
            self.env.cr.execute("UPDATE connector_backend_gate SET closed_until = NULL")
        self.assertEqual(waits[:3], [2, 4, 8])
        self.assertEqual(waits[-1], gate_model.LONGEST_WAIT)

    def test_a_person_who_tests_the_connection_goes_through(self):
        self.gate().learn(RemoteUnavailable("it is off", ignore_retry=True))
        self.backend.env = self.env(context={"connector_try_anyway": True})
        gate = self.gate()
        gate.pass_or_raise()
        gate.learn(None)
        self.backend.env = self.env
        self.assert_open()

    def test_an_archived_backend_is_not_called(self):
        self.backend.active = False
        with self.assertRaises(RemoteRefused):
            self.gate().pass_or_raise()

    def test_the_rate_budget_is_shared(self):
        self.gate(per_second=0.01).pass_or_raise()
        with self.assertRaises(RemoteBusy):
            self.gate(per_second=0.01).pass_or_raise()

    def test_another_backend_is_not_concerned(self):
        self.gate().learn(RemoteUnavailable("it is off", ignore_retry=True))
        self.backend.id += 1
        self.assert_open()

    def test_jobs_of_a_backend_that_is_down_make_no_call(self):
        self.gate().learn(RemoteUnavailable("it is off", ignore_retry=True))
        with self.assertRaises(RemoteBusy):
            self.adapter().read(1)
        self.assertFalse(self.server.seen)
