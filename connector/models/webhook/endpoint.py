"""The webhook endpoints of backends.

Guarantees: a URL cannot be guessed, and only its digest is stored; neither the URL nor
the secret can be read back, copied, exported or logged.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.orm.models import NO_ACCESS

from ...components.http.redaction import register_secret
from ...components.webhook.receiver import Delivery, WebhookReceiver

if TYPE_CHECKING:
    from typing import Self

PATH = "/connector/webhook/"


class ConnectorWebhookEndpoint(models.Model):
    _name = "connector.webhook.endpoint"
    _inherit = "connector.backend.reference"
    _description = "Webhook"
    _rec_name = "backend_model"

    company_id = fields.Many2one("res.company", readonly=True)
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        "res.users",
        "Run As",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help=(
            "User shown as the creator of records created by deliveries. As with "
            "imports, the access rights are those of the backend."
        ),
    )
    digest = fields.Char(copy=False, groups=NO_ACCESS, exportable=False)
    secret = fields.Char(copy=False, groups=NO_ACCESS, exportable=False)
    date_renewed = fields.Datetime("URL Generated on", readonly=True, copy=False)
    event_ids = fields.One2many("connector.webhook.event", "endpoint_id", "Deliveries")
    event_count = fields.Integer("Delivery Count", compute="_compute_events")
    last_event = fields.Datetime("Last Delivery", compute="_compute_events")

    _one_per_backend = models.Constraint(
        "UNIQUE (backend_model, backend_id)", "A backend can have only one webhook."
    )
    _digest_unique = models.Constraint(
        "UNIQUE (digest)", "Two webhooks cannot have the same URL."
    )

    @api.depends("backend_ref")
    def _compute_display_name(self):
        for endpoint in self:
            endpoint.display_name = endpoint.backend_ref.display_name or ""

    def _compute_events(self):
        counts = self.env["connector.webhook.event"]._read_group(
            [("endpoint_id", "in", self.ids)],
            ["endpoint_id"],
            ["__count", "create_date:max"],
        )
        by_endpoint = {endpoint.id: found for endpoint, *found in counts}
        for endpoint in self:
            count, last = by_endpoint.get(endpoint.id, (0, False))
            endpoint.event_count, endpoint.last_event = count, last

    # -- who may change what

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        endpoints = super().create(vals_list)
        endpoints._check_user()
        return endpoints

    def write(self, vals: dict[str, Any]) -> bool:
        result = super().write(vals)
        if "user_id" in vals:
            self._check_user()
        return result

    def _check_user(self) -> None:
        """Connector managers must not gain the rights of another user this way."""
        if self.env.su or self.env.user._is_admin():
            return
        if self.user_id - self.env.user:
            raise AccessError(
                self.env._(
                    "Only administrators can choose a user other than themselves."
                )
            )

    # -- settings

    @api.model
    def _of(self, backend):
        """Return the endpoint of a backend, created if missing; without sudo.

        :raise AccessError: for those who may not change the backend
        """
        self.browse().check_access("write")
        backend.with_env(self.env).check_access("write")
        endpoints = self.sudo().with_context(active_test=False)
        found = endpoints.search(self._backend_domain(backend)) or endpoints.create(
            {**self._backend_values(backend), "user_id": self.env.uid}
        )
        return found.with_env(self.env)

    def _renew(self) -> tuple[str, str]:
        """Generate a new URL and secret, revoking the former ones; return both.

        They are shown only once.
        """
        self.ensure_one()
        self.check_access("write")
        token, secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        register_secret(token, secret)
        self.sudo().write(
            {
                "digest": self._digest(token),
                "secret": secret,
                "active": True,
                "date_renewed": fields.Datetime.now(),
            }
        )
        return self._base_url() + token, secret

    def _base_url(self) -> str:
        return self.get_base_url().rstrip("/") + PATH

    @api.model
    def _digest(self, token: str) -> str:
        # 256 random bits: a slow digest would add no security.
        return hashlib.sha256(token.encode()).hexdigest()

    def _is_replaced(self, url: str) -> bool:
        """Return whether a URL known to the external system is ours, and either
        this endpoint's or revoked."""
        base = self._base_url()
        if not url.startswith(base):
            return False
        return self.sudo()._find(url.removeprefix(base)) in (self.browse(), self)

    def action_renew(self) -> dict:
        """Generate a new URL and secret, and show them once."""
        url, secret = self._renew()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Webhook URL"),
            "res_model": "connector.webhook.address",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_endpoint_id": self.id,
                "default_url": url,
                "default_secret": secret,
            },
        }

    def action_open_events(self) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Deliveries"),
            "res_model": "connector.webhook.event",
            "view_mode": "list,form",
            "domain": [("endpoint_id", "in", self.ids)],
        }

    # -- deliveries

    @api.model
    def _find(self, token: str):
        """Return the endpoint of a URL, empty if there is none (any more)."""
        # By its digest: the time of the comparison reveals nothing about the URL.
        endpoint = self.search([("digest", "=", self._digest(token))], limit=1)
        backend = endpoint.backend_ref
        if not backend or not backend.exists():
            return self.browse()
        user = endpoint.user_id
        if not (user.active or user._is_superuser()):
            return self.browse()
        if "active" in backend and not backend.active:
            return self.browse()
        return endpoint

    def _backend_of_jobs(self):
        """Return the backend as in its jobs: all rights, in its company.

        Records are created in the name of the endpoint's user.
        """
        return self.backend_ref.with_user(self.user_id)._for_jobs()

    @contextmanager
    def _receiver(self) -> Iterator[WebhookReceiver]:
        """Yield the webhook receiver component."""
        with self._backend_of_jobs().work_on("connector.webhook.event") as work:
            yield work.component(usage="webhook.receiver")

    def _take(self, delivery: Delivery, event_key: str | None, topic: str):
        """Store a verified delivery and delay its processing; return its event.

        Empty if the event was already delivered.
        """
        with self._receiver() as receiver:
            delivery_id = receiver.delivery_id(delivery, event_key, topic)
        return self._store(delivery, event_key, topic, delivery_id)

    def _store(self, delivery, event_key, topic, delivery_id):
        event = self.env["connector.webhook.event"]._store(
            self, delivery, event_key, topic, delivery_id
        )
        if event:
            event._delay()
        return event
