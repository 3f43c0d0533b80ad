"""The webhook receiver: verifies and processes deliveries."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from odoo.addons.component.core import AbstractComponent

from ..signatures import hmac_signature


class Delivery(NamedTuple):
    """A delivery: its headers (case-insensitive) and the raw body."""

    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the content.

        :raise ValueError: the body is not JSON
        """
        return json.loads(self.body)


class WebhookReceiver(AbstractComponent):
    """Verifies the signature of deliveries, and processes them.

    For a system that signs the body with HMAC, set the attributes and implement
    :meth:`receive`::

        class OrderReceiver(Component):
            _name = "shop.webhook.receiver"
            _inherit = ["base.webhook.receiver", "shop.base"]
            _signature_header = "X-Shop-Signature"

            def receive(self, event):
                importer = self.component("record.importer", "shop.sale.order")
                importer.run(event.content()["order"])
    """

    _name = "base.webhook.receiver"
    _inherit = "base.connector"
    _usage = "webhook.receiver"

    #: Header with the signature, and its prefix.
    _signature_header = "X-Hub-Signature-256"
    _signature_prefix = "sha256="
    #: Name of the digest algorithm, as in :mod:`hashlib`.
    _digest = "sha256"
    #: Encoding of the signature: ``hex`` or ``base64``.
    _signature_encoding = "hex"
    #: Maximum size of a body, in bytes; larger ones are rejected before reading.
    _max_body_bytes = 1024 * 1024
    #: Key of the ID of the event, or of the record it is about.
    _event_key: str | None = "id"
    #: Key of the type of event.
    _topic_key: str | None = "event"
    #: Header, or key of the body, with the ID of the delivery, if there is one: the
    #: same for a redelivery, a different one for each event.
    _delivery_id_header: str | None = None
    _delivery_id_key: str | None = None

    # -- in the request: fast, and the caller is not trusted before verification

    def verify(self, delivery: Delivery, secret: str) -> bool:
        """Return whether the sender knows the secret."""
        given = delivery.headers.get(self._signature_header) or ""
        # An empty secret must never produce a valid signature.
        return bool(secret) and hmac.compare_digest(
            given.encode(), self.signature(delivery.body, secret).encode()
        )

    def signature(self, body: bytes, secret: str) -> str:
        """Return the signature of a body."""
        return self._signature_prefix + hmac_signature(
            secret, body, digest=self._digest, encoding=self._signature_encoding
        )

    def identify(self, delivery: Delivery) -> tuple[str | None, str]:
        """Return the ID of the event or of its record, and the type of the event.

        Without the former, and without an ID of the delivery, redeliveries cannot be
        distinguished from new events: all are processed.

        :raise ValueError, KeyError, TypeError, AttributeError: unexpected format
        """
        content = delivery.json()
        key = content[self._event_key] if self._event_key else None
        topic = content.get(self._topic_key) if self._topic_key else None
        return None if key is None else str(key), str(topic or "")

    def delivery_id(
        self, delivery: Delivery, event_key: str | None, topic: str
    ) -> str | None:
        """Return a key that only redeliveries of the same event share.

        The ID of the delivery, if the system gives one. Otherwise type, ID and content
        together: two events of one record are two deliveries.
        """
        own = None
        if self._delivery_id_header:
            own = delivery.headers.get(self._delivery_id_header)
        if own is None and self._delivery_id_key:
            own = delivery.json().get(self._delivery_id_key)
        if own is not None:
            return hashlib.sha256(f"own {own}".encode()).hexdigest()
        if event_key is None:
            return None
        digest = hashlib.sha256(f"{topic}\n{event_key}\n".encode())
        digest.update(delivery.body)
        return digest.hexdigest()

    # -- in the job

    def receive(self, event: Any) -> Any:
        """Process an event, in a job with the access rights of the backend.

        :param event: a ``connector.webhook.event``: ``event.content()`` is the received
            data, ``event.topic`` its type
        :return: description of what the job did
        """
        raise NotImplementedError
