import hashlib
import hmac
import json
import logging
from contextlib import closing

import requests

from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.component.tests.common import ComponentMixin
from odoo.addons.queue_job.job import Job

CONTROLLER = "odoo.addons.connector.controllers.webhook"


class WebhookCase(HttpCase, ComponentMixin):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpComponent()
        cls.backend = cls.env["shop.backend"].create({"name": "Shop"})
        cls.clerk = new_test_user(
            cls.env,
            "clerk",
            groups="base.group_user,base.group_partner_manager,"
            "connector.group_connector_manager",
        )
        cls.endpoint = cls.env["connector.webhook.endpoint"]._of(cls.backend)
        cls.endpoint.user_id = cls.clerk
        cls.url, cls.secret = cls.endpoint._renew()

    def setUp(self):
        super().setUp()
        self.path = self.url[self.url.index("/connector/") :]

    def events(self):
        return self.env["connector.webhook.event"].search(
            [("endpoint_id", "=", self.endpoint.id)]
        )

    def jobs(self):
        return self.env["queue.job"].search(
            [("model_name", "=", "connector.webhook.event")]
        )

    def sign(self, body, secret=None):
        key = (self.secret if secret is None else secret).encode()
        return "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()

    def deliver(self, content=None, body=None, path=None, signature=None, **headers):
        """Deliver as an external system, without a session."""
        if body is None:
            body = json.dumps(
                content or {"id": "e1", "event": "created", "name": "Ada"}
            ).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Shop-Signature": self.sign(body) if signature is None else signature,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return self.url_open(path or self.path, data=body, headers=headers)


@tagged("post_install", "-at_install")
class TestDelivery(WebhookCase):
    def test_a_delivery_is_answered_at_once_and_worked_on_by_a_job(self):
        response = self.deliver()
        self.assertEqual(response.status_code, 202)
        event = self.events()
        self.assertEqual((event.event_key, event.topic), ("e1", "created"))
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Ada")]))
        self.assertEqual(event.job_id.user_id, self.clerk)
        self.assertEqual(event.state, "pending")

        job = Job.load(self.env, event.job_id.uuid)
        self.assertEqual(job.perform(), "created of Ada")
        partner = self.env["res.partner"].search([("name", "=", "Ada")])
        self.assertEqual(partner.create_uid, self.clerk)

    def test_a_repeated_delivery_is_answered_well_and_ignored(self):
        self.deliver()
        response = self.deliver()
        self.assertEqual(response.status_code, 200)
        self.assertEqual(len(self.events()), 1)
        self.assertEqual(len(self.jobs()), 1)

    def test_two_events_of_one_record_are_two_deliveries(self):
        for content in (
            {"id": 7, "event": "created", "name": "Ada"},
            {"id": 7, "event": "updated", "name": "Ada"},
            {"id": 7, "event": "updated", "name": "Ada", "version": 2},
        ):
            self.assertEqual(self.deliver(content).status_code, 202, content)
            self.assertEqual(self.deliver(content).status_code, 200, content)
        self.assertEqual(len(self.jobs()), 3)

    def test_the_delivery_s_own_id_decides_where_there_is_one(self):
        self.patch(self.receiver(), "_delivery_id_header", "X-Delivery")
        for delivery, status in (("d1", 202), ("d1", 200), ("d2", 202)):
            response = self.deliver({"id": 7, "name": delivery}, X_Delivery=delivery)
            self.assertEqual(response.status_code, status)
        self.patch(self.receiver(), "_delivery_id_header", None)
        self.patch(self.receiver(), "_delivery_id_key", "delivery")
        for number, status in ((1, 202), (2, 200)):
            response = self.deliver(
                {"id": 8, "name": "A", "n": number, "delivery": "d3"}
            )
            self.assertEqual(response.status_code, status)

    def receiver(self):
        with self.endpoint._receiver() as receiver:
            return type(receiver)

    def test_ids_and_kinds_that_cannot_be_stored_are_refused(self):
        nested = b'{"id": 1, "name": ' + b"[" * 900 + b"]" * 900 + b"}"
        for body in (
            rb'{"id": "a\u0000b", "name": "A"}',
            rb'{"id": "a", "event": "\u0000", "name": "A"}',
            rb'{"id": "\ud800", "name": "A"}',
            b'{"id": "\xff", "name": "A"}',
        ):
            with self.assertLogs(CONTROLLER, logging.INFO):
                response = self.deliver(body=body)
            self.assertEqual(response.status_code, 400, body)
        self.assertIn(self.deliver(body=nested).status_code, (202, 400))
        self.assertLessEqual(len(self.events()), 1)

    def test_deliveries_have_the_rights_of_the_backend_as_imports_have(self):
        registrar = new_test_user(
            self.env, "registrar", "base.group_user,connector.group_connector_manager"
        )
        self.assertFalse(
            self.env["res.partner"].with_user(registrar).has_access("create")
        )
        self.endpoint.user_id = registrar
        self.deliver()
        job = Job.load(self.env, self.events().job_id.uuid)
        self.assertEqual(job.perform(), "created of Ada")
        partner = self.env["res.partner"].search([("name", "=", "Ada")])
        self.assertEqual(partner.create_uid, registrar)

    def test_events_that_nothing_tells_apart_are_all_worked_on(self):
        for _again in range(2):
            response = self.deliver({"id": None, "name": "Ada"})
            self.assertEqual(response.status_code, 202)
        self.assertEqual(len(self.jobs()), 2)

    def test_the_same_event_may_be_delivered_to_two_backends(self):
        self.deliver()
        other = self.env["shop.backend"].create({"name": "Other shop"})
        url, secret = self.env["connector.webhook.endpoint"]._of(other)._renew()
        body = b'{"id": "e1", "name": "Bob"}'
        path = url[url.index("/connector/") :]
        response = self.deliver(
            body=body, path=path, signature=self.sign(body, secret=secret)
        )
        self.assertEqual(response.status_code, 202)

    def test_a_bad_signature_is_refused_and_leaves_nothing(self):
        for signature in ("sha256=00", "", "sha256=\xe9", self.sign(b"other")):
            with self.assertLogs(CONTROLLER, logging.INFO):
                response = self.deliver(signature=signature.encode("latin-1"))
            self.assertEqual(response.status_code, 401)
        self.assertFalse(self.events())
        self.assertFalse(self.jobs())

    def test_an_endpoint_without_secret_takes_nothing(self):
        self.endpoint.sudo().secret = False
        body = b'{"id": 1, "name": "Eve"}'
        with self.assertLogs(CONTROLLER, logging.INFO):
            response = self.deliver(body=body, signature=self.sign(body, secret=""))
        self.assertEqual(response.status_code, 401)

    def test_an_unknown_address_is_not_found_whatever_is_sent(self):
        for path in (self.path[:-1], self.path + "x", "/connector/webhook/x"):
            response = self.deliver(path=path, body=b"x" * 5000)
            self.assertEqual(response.status_code, 404)
        self.assertFalse(self.events())

    def test_the_digest_kept_in_the_database_is_no_address(self):
        path = f"/connector/webhook/{self.endpoint.sudo().digest}"
        self.assertEqual(self.deliver(path=path).status_code, 404)

    def test_a_large_delivery_is_refused_by_its_announced_length(self):
        self.enterContext(self.allow_requests(all_requests=True))
        with closing(requests.Session()) as session:
            request = requests.Request(
                "POST", self.base_url() + self.path, data=b"few"
            ).prepare()
            # The bytes never arrive: reading them would hang.
            request.headers["Content-Length"] = "5000000"
            response = session.send(request, timeout=10)
        self.assertEqual(response.status_code, 413)
        self.assertFalse(self.events())

    def test_what_is_signed_but_not_understood_is_refused(self):
        for body in (b"<xml/>", b"[]", b'{"event": "x"}'):
            with self.assertLogs(CONTROLLER, logging.INFO):
                response = self.deliver(body=body)
            self.assertEqual(response.status_code, 400)
        self.assertFalse(self.events())

    def test_a_form_is_verified_by_its_very_bytes(self):
        body = b'{"id": "f1", "name": "A=1&B"}'
        response = self.deliver(
            body=body, Content_Type="application/x-www-form-urlencoded"
        )
        self.assertEqual(response.status_code, 202)
        self.assertEqual(self.events().payload, body.decode())

    def test_no_session_is_made(self):
        self.assertNotIn("session_id", self.deliver().cookies)

    def test_only_post_is_taken(self):
        self.assertEqual(self.url_open(self.path).status_code, 405)

    def test_a_former_address_ends_with_the_new_one(self):
        self.endpoint._renew()
        self.assertEqual(self.deliver().status_code, 404)

    def test_an_archived_endpoint_takes_nothing(self):
        self.endpoint.active = False
        self.assertEqual(self.deliver().status_code, 404)

    def test_a_deleted_backend_takes_nothing(self):
        self.backend.unlink()
        self.assertEqual(self.deliver().status_code, 404)

    def test_the_address_is_not_written_into_the_access_log(self):
        with self.assertLogs("werkzeug", logging.INFO) as logs:
            self.deliver()
        lines = [line for line in logs.output if "/connector/webhook/" in line]
        self.assertTrue(lines)
        self.assertNotIn(self.path.rpartition("/")[2], "".join(lines))


@tagged("post_install", "-at_install")
class TestEndpoint(WebhookCase):
    def test_url_and_secret_cannot_be_read_back(self):
        for user in (self.clerk, self.env.ref("base.user_admin")):
            for field in ("digest", "secret"):
                with self.assertRaises(AccessError):
                    self.endpoint.with_user(user).read([field])
                with self.assertRaises(UserError):
                    self.endpoint.with_user(user).export_data([field])

    def test_address_and_secret_are_not_copied(self):
        values = self.endpoint.sudo().copy_data()[0]
        self.assertNotIn("digest", values)
        self.assertNotIn("secret", values)

    def test_a_secret_of_the_other_system_is_kept_and_not_shown_again(self):
        action = self.endpoint.with_user(self.clerk).action_renew()
        wizards = self.env[action["res_model"]].with_user(self.clerk)
        wizards = wizards.with_context(**action["context"])
        values = wizards.default_get(["endpoint_id", "url", "secret"])
        self.assertIn("/connector/webhook/", values["url"])
        wizard = wizards.create({**values, "secret": "theirs"})
        self.assertEqual(self.endpoint.sudo().secret, "theirs")
        wizard.invalidate_recordset()
        self.assertEqual(wizard.with_context(default_secret=False).secret, False)

    def test_a_manager_does_not_work_with_the_rights_of_another(self):
        endpoint = self.endpoint.with_user(self.clerk)
        endpoint.user_id = self.clerk
        with self.assertRaisesRegex(AccessError, "a user other than themselves"):
            endpoint.user_id = self.env.ref("base.user_admin")

    def test_only_users_who_can_change_the_backend_can_open_its_webhook(self):
        watcher = new_test_user(self.env, "w", "connector.group_connector_manager")
        self.env["ir.rule"].create(
            {
                "name": "no shops",
                "model_id": self.env["ir.model"]._get("shop.backend").id,
                "domain_force": [(0, "=", 1)],
            }
        )
        with self.assertRaises(AccessError):
            self.env["connector.webhook.endpoint"].with_user(watcher)._of(self.backend)

    def test_others_make_no_address(self):
        nosy = new_test_user(self.env, "nosy", groups="base.group_user")
        endpoints = self.env["connector.webhook.endpoint"].with_user(nosy)
        with self.assertRaises(AccessError):
            endpoints._of(self.backend)
        with self.assertRaises(AccessError):
            self.endpoint.with_user(nosy)._renew()

    def test_old_deliveries_are_vacuumed_unless_their_job_waits(self):
        self.deliver()
        self.deliver({"id": "e2", "name": "Bob"})
        waiting, done = self.events().sorted("event_key")
        done.job_id.button_done()
        self.env.cr.execute(
            "UPDATE connector_webhook_event SET create_date = '2020-01-01'"
        )
        self.env.invalidate_all()
        self.env["connector.webhook.event"]._gc_events()
        self.assertEqual(self.events(), waiting)

    def test_a_delivery_can_be_worked_on_again(self):
        self.deliver()
        event = self.events()
        first = event.job_id
        event.with_user(self.clerk).action_work_again()
        self.assertNotEqual(event.job_id, first)
        self.assertEqual(event.job_id.user_id, self.clerk)

    def test_a_neutralized_copy_takes_nothing(self):
        for query in get_neutralization_queries(["connector"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertEqual(self.deliver().status_code, 404)
        self.assertFalse(self.endpoint.sudo().secret)
