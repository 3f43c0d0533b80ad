"""The door for other systems that tell us what happened over there.

Guarantees: nothing is stored nor run for a caller who does not know the address of an
endpoint and cannot sign with its secret; the body is not read before the address is
known, nor when it is too large; the answer never waits for the work.
"""

import logging
import re

from werkzeug.exceptions import RequestEntityTooLarge

from odoo import http
from odoo.http import HttpDispatcher, request

from ..components.webhook.receiver import Delivery
from ..models.webhook.endpoint import PATH

_logger = logging.getLogger(__name__)
_address = re.compile(rf"({PATH})[^\s/?\"]+")


class WebhookDispatcher(HttpDispatcher):
    """Leaves the body to the controller: signatures are made over its very bytes."""

    routing_type = "webhook"

    def dispatch(self, endpoint, args):
        self.request.params = dict(args)
        return self.request.registry["ir.http"]._dispatch(endpoint)


class AddressFilter(logging.Filter):
    """Keeps addresses of endpoints out of the access log."""

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
    def deliver(self, token: str):
        """Take a delivery: 202 to be worked on, 200 known already, 4xx refused."""
        endpoint = request.env["connector.webhook.endpoint"].sudo()._find(token)
        if not endpoint:
            return self._answer("There is nothing here.", 404)
        with endpoint._receiver() as receiver:
            httprequest = request.httprequest
            httprequest.max_content_length = receiver._max_body_bytes
            try:
                # Cached: after a conflict with another transaction we come here again.
                body = httprequest.get_data(cache=True)
            except RequestEntityTooLarge:
                limit = receiver._max_body_bytes
                return self._answer(f"More than the limit of {limit} bytes.", 413)
            delivery = Delivery(httprequest.headers, body)
            if not receiver.verify(delivery, endpoint.secret or ""):
                _logger.info("%s: a delivery with a bad signature", endpoint)
                return self._answer("The signature is not valid.", 401)
            try:
                event_key, topic = receiver.identify(delivery)
                _check_storable(event_key, topic)
                delivery_id = receiver.delivery_id(delivery, event_key, topic)
            except (
                *(ValueError, KeyError, TypeError, AttributeError),
                # JSON that is nested too deeply.
                RecursionError,
            ) as error:
                _logger.info("%s: a delivery of another shape: %r", endpoint, error)
                return self._answer("This is not what was expected.", 400)
        if not endpoint._store(delivery, event_key, topic, delivery_id):
            return self._answer("Known already.", 200)
        return self._answer("Thank you.", 202)

    def _answer(self, text: str, status: int):
        return request.make_response(
            text, headers=[("Content-Type", "text/plain; charset=utf-8")], status=status
        )


def _check_storable(*texts: str | None) -> None:
    """Refuse texts that PostgreSQL cannot hold.

    :raise ValueError: one has a NUL, or half a surrogate pair
    """
    for text in filter(None, texts):
        if "\0" in text:
            raise ValueError("the id or the kind of the event contains a NUL character")
        text.encode()
