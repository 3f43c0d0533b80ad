"""The webhook endpoint.

Guarantees: nothing is stored or executed for a caller without a valid endpoint URL and
signature; the body is not read before the URL is verified, nor if it is too large; the
response never waits for the processing.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import RequestEntityTooLarge

from odoo import http
from odoo.http import HttpDispatcher, request

from ..components.webhook.receiver import Delivery
from ..models.webhook.endpoint import PATH

if TYPE_CHECKING:
    from odoo.models import BaseModel

_logger = logging.getLogger(__name__)
_address = re.compile(rf"({PATH})[^\s/?\"]+")


class WebhookDispatcher(HttpDispatcher):
    """Leaves the body to the controller: signatures are computed over its raw bytes."""

    routing_type = "webhook"

    def dispatch(self, endpoint: BaseModel, args: Any) -> Any:
        self.request.params = dict(args)
        return self.request.registry["ir.http"]._dispatch(endpoint)


class AddressFilter(logging.Filter):
    """Masks the URLs of endpoints in the access log."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if PATH in message:
            record.msg, record.args = _address.sub(r"\1***", message), None
        return True


logging.getLogger("werkzeug").addFilter(AddressFilter())


class WebhookController(http.Controller):
    @http.route(
        f"{PATH}<string:token>",
        type="webhook",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
    )
    def deliver(self, token: str) -> Any:
        """Receive a delivery: 202 accepted, 200 already known, 4xx rejected."""
        endpoint = request.env["connector.webhook.endpoint"].sudo()._find(token)
        if not endpoint:
            return self._respond("Unknown webhook URL.", 404)
        with endpoint._receiver() as receiver:
            httprequest = request.httprequest
            httprequest.max_content_length = receiver._max_body_bytes
            try:
                # Cached: called again after a serialization failure.
                body = httprequest.get_data(cache=True)
            except RequestEntityTooLarge:
                limit = receiver._max_body_bytes
                return self._respond(
                    f"The body exceeds the limit of {limit} bytes.", 413
                )
            delivery = Delivery(httprequest.headers, body)
            if not receiver.verify(delivery, endpoint.secret or ""):
                _logger.info(
                    "webhook delivery rejected: endpoint=%s reason=signature", endpoint
                )
                return self._respond("Invalid signature.", 401)
            try:
                event_key, topic = receiver.identify(delivery)
                _check_storable(event_key, topic)
                delivery_id = receiver.delivery_id(delivery, event_key, topic)
            except (
                *(ValueError, KeyError, TypeError, AttributeError),
                # JSON nested too deeply.
                RecursionError,
            ) as error:
                _logger.info(
                    "webhook delivery rejected: endpoint=%s reason=format error=%r",
                    endpoint,
                    error,
                )
                return self._respond("Unexpected format.", 400)
        if not endpoint._store(delivery, event_key, topic, delivery_id):
            return self._respond("Known already.", 200)
        return self._respond("Thank you.", 202)

    def _respond(self, text: str, status: int):
        return request.make_response(
            text, headers=[("Content-Type", "text/plain; charset=utf-8")], status=status
        )


def _check_storable(*texts: str | None) -> None:
    """Reject texts that PostgreSQL cannot store.

    :raise ValueError: a text contains NUL or a lone surrogate
    """
    for text in filter(None, texts):
        if "\0" in text:
            raise ValueError("the ID or the type of the event contains a NUL character")
        text.encode()
