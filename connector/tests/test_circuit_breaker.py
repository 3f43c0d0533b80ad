from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from unittest.mock import patch

from odoo.tools import SQL

from odoo.addons.connector.components.http import (
    circuit_breaker as http_circuit_breaker,
)
from odoo.addons.connector.components.http.circuit_breaker import (
    CircuitBreaker,
    RateLimit,
)
from odoo.addons.connector.exceptions_http import (
    RemoteAccessDenied,
    RemoteBusy,
    RemoteCallFailed,
    RemoteRefused,
    RemoteUnavailable,
)
from odoo.addons.connector.models import circuit_breaker

from .rest_common import RestCase


class TestCircuitBreaker(RestCase):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    def breaker(self, **kwargs):
        return CircuitBreaker(self.backend, **kwargs)

    def status(self):
        return self.env["connector.circuit.breaker"]._get_status(self.backend)

    def call_off(self):
        """Send a request to a backend that cannot be reached."""
        self.breaker().record(RemoteUnavailable("it is off", ignore_retry=True))

    def pass_time(self):
        """The delay has passed."""
        self.env.cr.execute(
            "UPDATE connector_circuit_breaker"
            " SET blocked_until = now() AT TIME ZONE 'UTC'"
        )

    def assert_open(self):
        self.breaker().check()

    def assert_closed(self):
        with self.assertRaises(RemoteBusy) as caught:
            self.breaker().check()
        return caught.exception

    def test_a_host_that_cannot_be_reached_is_left_alone_at_once(self):
        self.call_off()
        error = self.assert_closed()
        self.assertEqual(str(error), "it is off")
        self.assertTrue(error.ignore_retry)
        self.assertGreater(error.seconds, 0)

    def test_a_single_failure_opens_no_circuit(self):
        self.breaker().record(RemoteUnavailable("500"))
        self.assert_open()

    def test_many_failures_in_a_row_stop_everybody(self):
        for _again in range(circuit_breaker.FAILURE_THRESHOLD):
            self.assert_open()
            self.breaker().record(RemoteUnavailable("500"))
        self.assert_closed()

    def test_a_success_between_failures_resets_the_count(self):
        for _again in range(circuit_breaker.FAILURE_THRESHOLD):
            self.breaker().record(RemoteUnavailable("500"))
            breaker = self.breaker()
            breaker.check()
            breaker.record(None)
        self.assert_open()

    def test_a_wrong_password_is_no_outage(self):
        for _again in range(circuit_breaker.FAILURE_THRESHOLD):
            self.breaker().record(RemoteAccessDenied("authentication required"))
        self.assert_open()

    def test_asking_to_wait_stops_everybody_for_that_long(self):
        self.breaker().record(RemoteBusy("slow down", seconds=100))
        self.assertGreaterEqual(self.assert_closed().seconds, 99)

    def test_waits_grow_up_to_a_limit(self):
        waits = []
        for _again in range(8):
            self.call_off()
            waits.append(round(self.status().blocked_for))
            self.pass_time()
        self.assertEqual(waits[:3], [2, 4, 8])
        self.assertEqual(waits[-1], circuit_breaker.LONGEST_DELAY)

    def test_a_person_who_tests_the_connection_goes_through(self):
        self.call_off()
        self.backend.env = self.env(context={"bypass_circuit_breaker": True})
        breaker = self.breaker()
        breaker.check()
        breaker.record(None)
        self.backend.env = self.env
        self.assert_open()

    def test_an_archived_backend_is_not_called(self):
        self.backend.active = False
        with self.assertRaises(RemoteRefused):
            self.breaker().check()

    def test_a_backend_that_is_down_is_probed_by_one_call_alone(self):
        self.call_off()
        self.pass_time()
        probe = self.breaker()
        probe.check()
        self.assert_closed()
        probe.record(None)
        self.assert_open()
        self.assertEqual(self.status().state, "closed")

    def test_a_probe_that_fails_makes_the_wait_longer(self):
        self.call_off()
        self.pass_time()
        with suppress(RemoteUnavailable), self.breaker():
            raise RemoteUnavailable("still off")
        self.assertEqual(round(self.status().blocked_for), 4)

    def test_a_probe_that_got_lost_is_not_waited_for_for_ever(self):
        self.call_off()
        self.pass_time()
        self.breaker().check()
        self.env.cr.execute(
            "UPDATE connector_circuit_breaker SET probe_expires = blocked_until"
        )
        self.assert_open()

    def test_a_login_is_part_of_the_probe_it_is_made_for(self):
        self.call_off()
        self.pass_time()
        with self.breaker(), self.breaker():
            self.assertEqual(self.status().state, "open")
        self.assertEqual(self.status().state, "closed")

    def test_a_refusal_is_a_response(self):
        self.call_off()
        self.pass_time()
        with suppress(RemoteAccessDenied), self.breaker():
            raise RemoteAccessDenied("authentication required")
        self.assertEqual(self.status().state, "closed")

    def test_a_call_begun_before_the_outage_does_not_end_it(self):
        early = self.breaker()
        self.breaker().record(RemoteUnavailable("500"))
        early.check()
        self.call_off()
        early.record(None)
        self.assert_closed()

    def test_the_job_that_notices_an_outage_loses_no_retry(self):
        for _again in range(circuit_breaker.FAILURE_THRESHOLD - 1):
            error = RemoteUnavailable("502")
            self.breaker().record(error)
            self.assertFalse(error.ignore_retry)
        error = RemoteUnavailable("502")
        self.breaker().record(error)
        self.assertTrue(error.ignore_retry)
        self.assertGreater(error.seconds, 0)

    def test_a_call_that_always_fails_stops_nobody_else(self):
        for _again in range(circuit_breaker.FAILURE_THRESHOLD + 1):
            error = RemoteCallFailed("500")
            self.breaker(caller="job 1").record(error)
            self.assertFalse(error.ignore_retry)
        self.assert_open()

    def test_failures_of_different_calls_are_an_outage(self):
        for number in range(circuit_breaker.FAILURE_THRESHOLD):
            self.breaker(caller=f"job {number}").record(RemoteCallFailed("500"))
        self.assert_closed()

    def test_failures_of_long_ago_are_forgotten(self):
        for _again in range(circuit_breaker.FAILURE_THRESHOLD - 1):
            self.breaker().record(RemoteUnavailable("500"))
        self.env.cr.execute(
            "UPDATE connector_circuit_breaker SET last_failure = '2020-01-01'"
        )
        self.breaker().record(RemoteUnavailable("500"))
        self.assert_open()

    def test_jobs_come_back_the_more_spread_the_longer_it_was_down(self):
        self.call_off()
        self.env.cr.execute(
            "UPDATE connector_circuit_breaker SET open_since = '2020-01-01'"
        )
        waits = {self.assert_closed().seconds for _job in range(50)}
        self.assertGreater(max(waits), 60)
        self.assertGreater(len(waits), 10)

    def test_a_backend_that_limits_the_rate_is_not_down(self):
        self.call_off()
        self.breaker().record(RemoteBusy("later", seconds=20))
        self.assertEqual(self.status().state, "throttled")
        self.pass_time()
        self.assert_open()
        self.assert_open()

    def test_a_short_wait_is_sat_out_and_no_job_sent_back(self):
        self.breaker().record(RemoteBusy("later", seconds=1))
        with patch.object(http_circuit_breaker.time, "sleep") as sleep:
            self.assert_closed()
            sleep.side_effect = lambda seconds: self.pass_time()
            self.assert_open()
        self.assertEqual(sleep.call_count, 2)

    def test_another_backend_is_not_concerned(self):
        self.call_off()
        self.backend.id += 1
        self.assert_open()

    def test_jobs_of_a_backend_that_is_down_make_no_call(self):
        self.call_off()
        with self.assertRaises(RemoteBusy):
            self.adapter().read(1)
        self.assertFalse(self.server.seen)


class TestRateBudget(RestCase):
    """With separate transactions, as on several servers."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.forget)

    def forget(self):
        with self.registry.cursor() as cr:
            for table in ("connector_circuit_breaker", "connector_rate_limiter"):
                cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE backend_model = %s",
                        SQL.identifier(table),
                        self.backend._name,
                    )
                )

    def take(self, rate):
        """Reserve requests until one is rejected; return their number."""
        for number in range(1000):
            try:
                CircuitBreaker(self.backend, rate).check()
            except RemoteBusy:
                return number
        return None

    def test_the_budget_is_shared(self):
        rate = RateLimit(1, 100)
        CircuitBreaker(self.backend, rate).check()
        with self.assertRaises(RemoteBusy) as caught:
            CircuitBreaker(self.backend, rate).check()
        self.assertTrue(caught.exception.ignore_retry)
        self.assertGreaterEqual(caught.exception.seconds, 99)

    def test_a_burst_and_what_follows_keep_the_limit(self):
        for calls in (1, 9, 10, 95, 1000):
            rate = RateLimit(calls, 60)
            # The requests of a minute: the burst at once, then one after the other.
            self.assertLessEqual(rate.burst + int((60 - 1e-6) / rate.interval), calls)

    def test_calls_after_a_rest_may_come_at_once_up_to_the_burst(self):
        self.assertEqual(self.take(RateLimit(20, 3600)), RateLimit(20, 3600).burst)

    def test_rejected_requests_are_retried_one_after_the_other(self):
        rate = RateLimit(1, 10)
        self.take(rate)
        waits = []
        for _job in range(3):
            with self.assertRaises(RemoteBusy) as caught:
                CircuitBreaker(self.backend, rate).check()
            waits.append(caught.exception.seconds)
        self.assertTrue(all(9 <= b - a <= 11 for a, b in pairwise(waits)), waits)

    def test_concurrent_workers_get_no_more_than_the_limit(self):
        limiter = self.env["connector.rate.limiter"]
        rate = RateLimit(30, 3600)

        def reserve(_worker):
            results = [
                limiter._reserve(self.backend, rate.interval, rate.burst, 0)
                for _again in range(5)
            ]
            return [booked for booked, _seconds in results]

        with ThreadPoolExecutor(6) as workers:
            booked = [one for each in workers.map(reserve, range(6)) for one in each]
        self.assertEqual((len(booked), sum(booked)), (30, rate.burst))

    def test_failures_of_concurrent_workers_are_all_counted(self):
        breakers = self.env["connector.circuit.breaker"]

        def fail(number):
            return breakers._record_failure(
                self.backend, "500", caller=str(number)
            ).failures

        with ThreadPoolExecutor(6) as workers:
            counts = sorted(workers.map(fail, range(12)))
        self.assertEqual(counts, list(range(1, 13)))

    def test_a_limit_on_the_backend_goes_before_that_of_the_adapter(self):
        adapter = self.adapter(_calls_per_second=4)
        self.assertEqual(adapter._rate_limit(), RateLimit(1, 0.25))
        self.backend.rate_calls, self.backend.rate_period = 100, "hour"
        self.assertEqual(adapter._rate_limit(), RateLimit(100, 3600))
        adapter.read(1)
        self.assertEqual(len(self.server.seen), 1)

    def test_a_person_who_tests_the_connection_needs_no_place(self):
        rate = RateLimit(1, 1000)
        self.take(rate)
        self.backend.env = self.env(context={"bypass_circuit_breaker": True})
        CircuitBreaker(self.backend, rate).check()
