"""Each contract test fails for a connector that violates it."""

from unittest.mock import patch

from odoo.tools import mute_logger

from odoo.addons.connector.components.http.pagination import PagePaging
from odoo.addons.connector.exceptions_http import RemoteUnavailable

from .kiosk import KioskContract

MODEL = "kiosk.res.partner"


class TestBrokenConnectors(KioskContract):
    # The contract tests are called here one by one, and must fail.
    allow_inherited_tests_method = False

    def broken(self, usage, model=MODEL, **attributes):
        """Replace attributes of a component for this test."""
        with self.work_on(self.backend, model) as work:
            component = type(work.component(usage=usage))
        for name, value in attributes.items():
            self.patch(component, name, value)
        return component

    def assert_broken(self, contract, why=""):
        with self.assertRaisesRegex(AssertionError, why):
            contract()

    def test_one_that_tries_wrong_passwords_again(self):
        def translate(adapter, response):
            if response.status_code == 401:
                return RemoteUnavailable("Later?", seconds=1)
            return None

        self.broken("backend.adapter", _build_response_exception=translate)
        self.assert_broken(
            self.test_wrong_credentials_fail_immediately_without_leaking,
            "lock accounts",
        )

    def test_one_that_tells_the_password(self):
        def translate(adapter, response):
            if response.status_code == 401:
                return ValueError(f"no entry with {adapter._credentials()}")
            return None

        self.broken("backend.adapter", _build_response_exception=translate)
        self.assert_broken(
            self.test_wrong_credentials_fail_immediately_without_leaking,
            "unexpectedly found",
        )

    def test_one_that_waits_for_ever(self):
        self.patch(type(self), "shorten_timeouts", lambda case, adapter: None)
        self.server._ending = _Instantly()
        self.assert_broken(
            self.test_a_slow_request_times_out_and_is_retried,
            "no request timed out",
        )

    def test_one_that_retries_before_the_requested_delay(self):
        def translate(adapter, response):
            return RemoteUnavailable("Busy", seconds=1)

        self.broken("backend.adapter", _build_response_exception=translate)
        self.assert_broken(
            self.test_a_throttling_system_gets_no_requests_until_then,
            "retried too early",
        )

    def test_one_that_stops_at_a_short_page(self):
        class UpToAShortPage(PagePaging):
            def _next_pages(self, response, page_token, records):
                short = len(records) < self._size
                return [] if short else self._one_by_one(response, page_token, records)

        self.broken("backend.adapter", _paging=UpToAShortPage(size=100))
        self.assert_broken(self.test_pages_smaller_than_requested_lose_nothing)
        self.assert_broken(
            self.test_a_cyclic_list_ends_and_is_reported,
            "no reason is reported",
        )

    def test_one_that_gives_up_at_once(self):
        def translate(adapter, response):
            return ValueError("Broken") if response.status_code >= 500 else None

        self.broken("backend.adapter", _build_response_exception=translate)
        self.assert_broken(self.test_a_temporary_failure_is_recovered, "Broken")

    def test_one_that_goes_by_the_numbers_of_pages(self):
        # Not even the total shows that something moved.
        blind = PagePaging(total=lambda response: None)
        self.broken("backend.adapter", _paging=blind)
        self.assert_broken(
            self.test_a_list_that_shrinks_while_it_is_read_loses_nothing,
            "moved to a page already read",
        )

    def test_one_that_cannot_bear_a_record_that_is_gone(self):
        def fetch(importer):
            content = importer.backend_adapter.call("GET", "/api/guests")
            return {rec["id"]: rec for rec in content["items"]}[importer.external_id]

        self.broken("record.importer", _fetch=fetch)
        self.assert_broken(
            self.test_a_record_deleted_during_the_import_stops_nothing,
            "retries are useless",
        )

    @mute_logger("odoo.sql_db")
    def test_one_that_fails_as_a_whole_for_one_bad_record(self):
        def import_safely(batch, importer, record):
            return importer.import_one(record["id"], record=record)

        self.broken("batch.importer", _import_safely=import_safely)
        self.assert_broken(
            self.test_an_unknown_value_fails_only_its_record_and_is_reported, "'failed'"
        )

    def test_one_that_takes_what_it_does_not_know(self):
        mapper = self.broken("import.mapper")
        self.patch(mapper, "country", lambda mapper, record: {})
        mapper.country.mapping = True
        self.assert_broken(
            self.test_an_unknown_value_fails_only_its_record_and_is_reported,
            "Lists differ",
        )

    def test_one_that_forgets_what_failed(self):
        lines = self.env["connector.sync.line"]
        self.patch(type(lines), "_retry_due", lambda lines, run, backend: None)
        self.assert_broken(
            self.test_failed_records_are_retried_automatically,
            "never requested again",
        )

    def test_one_that_takes_any_list_for_a_whole_one(self):
        runs = self.env["connector.sync.run"]
        self.patch(type(runs), "_note_incomplete", lambda runs, reason: None)
        self.assert_broken(
            self.test_a_possibly_incomplete_list_keeps_its_cursor_and_is_reported,
            "reported as complete",
        )

    def test_one_that_counts_no_failure(self):
        self.patch(type(self.backend), "_compute_failed_count", _count_nothing)
        self.assert_broken(
            self.test_each_failure_is_counted_on_the_backend_until_it_is_dismissed
        )

    def test_one_that_makes_up_ids(self):
        def external_id(batch, record):
            return record["id"] or "made up"

        self.broken("batch.importer", _external_id=external_id)
        self.assert_broken(
            self.test_a_record_without_an_id_fails_alone_and_stays_failed, "made up"
        )

    def test_one_that_imports_late_versions(self):
        self.broken("record.importer", _is_older=lambda importer: False)
        self.assert_broken(
            self.test_a_late_version_does_not_replace_a_newer_one, "older version"
        )

    def test_one_whose_exports_do_not_hear_of_imports(self):
        self.broken(
            "record.importer", _store_remote_digests=lambda importer, names: None
        )
        self.assert_broken(
            self.test_a_value_set_again_after_an_import_is_sent, "it was not sent"
        )

    def test_one_that_asks_by_its_own_clock(self):
        def since(backend, model):
            if not self.external_ids(model):
                return None
            offset, self.server.clock_offset = self.server.clock_offset, 0
            try:
                return self.server.now()
            finally:
                self.server.clock_offset = offset

        self.patch(type(self.backend), "_since", since)
        self.assert_broken(
            self.test_an_external_clock_that_is_behind_loses_nothing,
            "new ones were missed",
        )

    def test_one_that_creates_again_what_it_may_have_created(self):
        def create(adapter, data):
            return adapter.call("POST", adapter._path, json=data)["id"]

        self.broken("backend.adapter", create=create)
        # As in the adapter of a connector without idempotency keys.
        self.broken("backend.adapter", _headers=lambda adapter, *call: {})
        self.assert_broken(
            self.test_a_create_whose_response_is_lost_is_done_once, "created twice"
        )

    def test_one_that_does_not_look_for_what_it_may_have_created(self):
        self.server.idempotent = False
        self.assert_broken(
            self.test_a_create_whose_response_is_lost_is_done_once, "created twice"
        )

    def test_one_that_looks_for_it_needs_no_keys(self):
        def find_created(exporter, data):
            guests = exporter.backend_adapter.search_read()
            same = (rec["id"] for rec in guests if rec["name"] == data["name"])
            return next(same, None)

        self.server.idempotent = False
        self.broken("record.exporter", _find_created=find_created)
        self.test_a_create_whose_response_is_lost_is_done_once()

    def test_one_that_does_not_notice_that_its_record_is_gone(self):
        def write(adapter, external_id, data):
            return None

        self.broken("backend.adapter", write=write)
        self.assert_broken(
            self.test_a_record_deleted_externally_is_recreated_or_unbound,
            "deleted record",
        )

    def test_one_that_works_on_each_delivery(self):
        self.broken("webhook.receiver", "connector.webhook.event", _event_key=None)
        self.assert_broken(
            self.test_a_duplicate_delivery_is_processed_once, "taken for another"
        )

    def test_one_that_takes_what_anybody_signs(self):
        self.broken(
            "webhook.receiver",
            "connector.webhook.event",
            verify=lambda receiver, delivery, secret: True,
        )
        self.assert_broken(self.test_a_delivery_with_an_invalid_signature_is_rejected)

    def test_one_that_does_not_import_the_delivered_record(self):
        self.broken(
            "webhook.receiver",
            "connector.webhook.event",
            receive=lambda receiver, event: None,
        )
        self.assert_broken(self.test_the_delivered_record_is_imported)

    def test_one_whose_tests_leave_something_out(self):
        with patch.object(KioskContract, "import_model", None):
            self.patch(type(self), "import_model", None)
            self.assert_broken(
                self.test_every_feature_of_the_connector_has_a_contract,
                f"import {MODEL}",
            )


def _count_nothing(backends):
    backends.failed_count = 0


class _Instantly:
    """An event that is always set: slow responses are immediate."""

    def wait(self, seconds):
        return True

    def set(self):
        """Does not wait."""
