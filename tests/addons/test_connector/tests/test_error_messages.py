"""Messages to users about errors of the external system, or of the connector."""

import datetime
import socket
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import _super_send as requests_send
from odoo.tools import mute_logger

from odoo.addons.connector.tests.common import ConnectorCase
from odoo.addons.connector.tests.http_server import ScriptedServer

from .market_common import MarketMixin, product

_MEGABYTE = 1024 * 1024


class BadInputCase(ConnectorCase, MarketMixin):
    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.open_market()


@tagged("post_install", "-at_install")
class TestBadRecords(BadInputCase):
    """One record is invalid: only that record fails."""

    @mute_logger("odoo.sql_db")
    def sync_page(self, *records):
        self.server.add_response(list(records), X_Total_Count=str(len(records)))
        return self.sync()

    def test_a_record_that_violates_a_constraint(self):
        run = self.sync_page(product(1), product(2, price=-1), product(3))
        self.assertEqual(self.names(), ["Product 1", "Product 3"])
        self.assertEqual((run.seen, run.created, run.failed), (3, 2, 1))
        self.assertEqual(self.reasons(run), {"2": "A price cannot be negative."})

    def test_a_record_without_a_required_value(self):
        run = self.sync_page(product(1), product(2, name=None))
        self.assertEqual(self.names(), ["Product 1"])
        (reason,) = self.reasons(run).values()
        self.assertIn("name", reason.lower())

    def test_a_record_without_an_id(self):
        run = self.sync_page(product(None), product(2))
        self.assertEqual(self.names(), ["Product 2"])
        self.assertEqual(self.reasons(run), {False: "The record has no key “id”."})

    def test_text_where_a_record_should_be(self):
        run = self.sync_page("hello", product(2))
        self.assertEqual(self.names(), ["Product 2"])
        self.assertEqual(self.reasons(run), {False: "Expected a record, got 'hello'."})
        self.assertEqual(run.line_ids.payload, "hello")

    def test_a_list_where_a_value_should_be(self):
        run = self.sync_page(product(1, price=["1", "2"]), product(2))
        self.assertEqual(self.names(), ["Product 2"])
        self.assertIn("Unexpected format", self.reasons(run)["1"])

    def test_a_key_that_is_missing(self):
        broken = product(1)
        del broken["price"]
        run = self.sync_page(broken, product(2))
        self.assertEqual(self.names(), ["Product 2"])
        self.assertEqual(self.reasons(run), {"1": "'price' is missing (KeyError)."})

    def test_a_mapping_that_names_an_unknown_field(self):
        mapper = self._components_registry["market.mapper"]

        def price(mapper, record):
            return {"prise": 1} if record["id"] == 1 else {"price": 1}

        self.patch(mapper, "price", price)
        run = self.sync_page(product(1), product(2))
        self.assertEqual(self.names(), ["Product 2"])
        self.assertIn("prise", self.reasons(run)["1"])
        self.assertIn("market.product", self.reasons(run)["1"])

    def test_the_message_summarizes_the_reasons(self):
        run = self.sync_page(*(product(n, price=-1) for n in (1, 2)), product(3))
        self.assertEqual(
            run.message,
            "3 processed: 1 created, 2 failed.\n"
            "Failed (2): A price cannot be negative.",
        )

    def test_secrets_in_what_came_are_not_kept(self):
        run = self.sync_page(
            product(1, price=-1, password="hunter22", token="abcdefgh")
        )
        line = run.line_ids
        self.assertEqual(line.payload["name"], "Product 1")
        self.assertNotIn("hunter22", str(line.payload))
        self.assertNotIn("abcdefgh", str(line.payload))


@tagged("post_install", "-at_install")
class TestBadAnswers(BadInputCase):
    """A whole response is invalid: the run reports it, and a later one succeeds."""

    def assert_fails_with(self, *words):
        run = self.sync()
        self.assertEqual(run.state, "failed")
        (line,) = run.line_ids
        for word in words:
            self.assertIn(word, line.reason)
            self.assertIn(word, run.message)
        self.assertNotIn("Traceback", run.message)
        self.assertEqual(self.market.status, "error")
        self.assertIn(words[0], self.market.connection_message)
        return run

    def test_text_where_a_list_should_be(self):
        self.server.add_response("hello")
        self.assert_fails_with("Unexpected response", "hello")

    def test_a_dictionary_without_records(self):
        self.server.add_response({"result": "ok"})
        self.assert_fails_with("Unexpected response", "result")

    def test_nothing_where_the_records_should_be(self):
        self.server.add_response({"items": None})
        self.assert_fails_with("Unexpected response")

    def test_a_page_of_html(self):
        self.server.add_response(b"<html>Please log in</html>")
        self.assert_fails_with("Unexpected response", "Please log in")

    def test_an_answer_above_the_limit_is_not_read_to_its_end(self):
        self.server.add_response(b"x" * _MEGABYTE for _ in range(50))
        self.assert_fails_with("exceeds the limit of 1048576 bytes")
        # Data already sent is in the buffers of the operating system.
        self.assertLess(self.server.sent, 25 * _MEGABYTE)

    def test_the_other_pages_arrive(self):
        self.server.add_response([product(n) for n in (1, 2, 3)], X_Total_Count="9")
        self.server.add_response("hello")
        self.server.add_response([product(n) for n in (7, 8, 9)], X_Total_Count="9")
        run = self.assert_fails_with("Unexpected response")
        self.assertEqual((run.seen, run.created), (6, 6))

    def test_what_failed_can_be_tried_again(self):
        self.server.add_response("hello")
        run = self.assert_fails_with("Unexpected response")
        self.server.add_response([product(1)])
        run.action_retry_failed()
        self.run_jobs()
        run._settle()
        self.assertEqual((run.state, run.message), ("done", "1 processed: 1 created."))
        self.assertEqual(self.market.status, "connected")

    def test_nothing_is_never_unexplained(self):
        self.server.add_response([])
        run = self.sync()
        self.assertEqual(run.state, "done")
        self.assertEqual(
            run.message,
            "Nothing to import: Market returned no records. Requested: all records.",
        )
        self.server.add_response([product(1, updated_at="2026-01-01T00:00:00Z")])
        self.sync()
        self.server.add_response([])
        run = self.sync()
        self.assertIn("no changes since the last", run.message)
        # Five minutes before the newest: the market may commit late.
        self.assertEqual(run.window, "changes since 2025-12-31T23:55:00Z")


@tagged("post_install", "-at_install")
class TestUnreachable(BadInputCase):
    """There is no server, or another one."""

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        if request.url.startswith("http://nobody.invalid/"):
            # A reserved name (RFC 6761): no request is sent.
            return requests_send(session, request, **kwargs)
        return super()._request_handler(session, request, **kwargs)

    def assert_connection_fails_with(self, *words):
        with self.assertRaises(UserError) as refused:
            self.market.action_test_connection()
        for word in words:
            self.assertIn(word, str(refused.exception))

    def assert_waits_with(self, *words):
        """The run is in progress: it shows what it is waiting for."""
        run = self.sync()
        self.assertIn(run.state, ("pending", "running"))
        (job,) = self.env["queue.job"].search([("sync_run_id", "=", run.id)])
        self.assertEqual((job.state, job.retry), ("pending", 0))
        # The state stored by the job was rolled back: a test has only one transaction.
        breaker = self.env["connector.circuit.breaker"]
        breaker._record_failure(self.market, job.result, unreachable=True)
        self.env.invalidate_all()
        self.assertEqual(self.market.status, "on_hold")
        self.assertIn("resumes automatically", run.message)
        for word in words:
            self.assertIn(word, run.message)

    def test_a_host_that_is_off(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.market.location = f"http://127.0.0.1:{port}"
        words = "cannot be reached", "Check that it is running", "location"
        self.assert_connection_fails_with(*words)
        self.assert_waits_with(*words)

    def test_an_unknown_host_name(self):
        self.market.location = "http://nobody.invalid"
        words = "nobody.invalid", "cannot be reached", "location"
        self.assert_connection_fails_with(*words)
        self.assert_waits_with(*words)

    def test_a_certificate_that_is_not_trusted(self):
        with tempfile.NamedTemporaryFile() as certificate:
            certificate.write(self_signed())
            certificate.flush()
            server = self.enterContext(ScriptedServer(certificate.name))
        self.market.location = server.url
        words = "certificate", "not trusted", "self-signed"
        self.assert_connection_fails_with(*words)
        run = self.sync()
        self.assertEqual(run.state, "failed")
        for word in words:
            self.assertIn(word, run.message)
        self.assertEqual(server.seen, [])

    def test_a_location_that_is_none(self):
        self.market.location = "the market place"
        self.assert_connection_fails_with("the market place", "https://host:port")

    def test_a_failed_test_is_remembered(self):
        self.server.add_response({"error": "who are you?"}, status=401)
        try:
            self.market.action_test_connection()
        except UserError as error:
            self.assertIn("who are you?", str(error))
        self.assertEqual(
            (self.market.connection_state, self.market.status), ("error", "error")
        )
        self.assertIn("who are you?", self.market.connection_message)


def self_signed() -> bytes:
    """Return a self-signed certificate of 127.0.0.1, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
