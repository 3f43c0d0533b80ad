"""What a connector says about the webhooks of its system."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from odoo.addons.component.core import AbstractComponent

from ..signatures import hmac_signature


class Delivery(NamedTuple):
    """What came: headers, whose names are found in any case, and the very bytes."""

    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the content.

        :raise ValueError: it is no JSON
        """
        return json.loads(self.body)


class WebhookReceiver(AbstractComponent):
    """Knows how deliveries are signed, and what is to be done with them.

    For a system that signs the body with HMAC the attributes are enough; what happens
    is said in :meth:`receive`::

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

    #: Header with the signature, and what stands before it.
    _signature_header = "X-Hub-Signature-256"
    _signature_prefix = "sha256="
    #: Name of the digest, as of :mod:`hashlib`.
    _digest = "sha256"
    #: How the signature is written: ``hex`` or ``base64``.
    _signature_encoding = "hex"
    #: Larger bodies are refused before they are read, in bytes.
    _max_body_bytes = 1024 * 1024
    #: Key of the id of the event, or of the record that it is about.
    _event_key: str | None = "id"
    #: Key of the kind of event.
    _topic_key: str | None = "event"
    #: Header, or key of the body, with the delivery's own id, where there is one: the
    #: same when it is delivered again, another one for each event.
    _delivery_id_header: str | None = None
    _delivery_id_key: str | None = None

    # -- in the request: quick, nothing is known about the caller before it is verified

    def verify(self, delivery: Delivery, secret: str) -> bool:
        """Return whether who sent this knows the secret."""
        given = delivery.headers.get(self._signature_header) or ""
        # Whoever knows that there is no secret must not be able to sign with it.
        return bool(secret) and hmac.compare_digest(
            given.encode(), self.signature(delivery.body, secret).encode()
        )

    def signature(self, body: bytes, secret: str) -> str:
        """Return the signature of a body."""
        return self._signature_prefix + hmac_signature(
            secret, body, digest=self._digest, encoding=self._signature_encoding
        )

    def identify(self, delivery: Delivery) -> tuple[str | None, str]:
        """Return the id of the event or of its record, and what kind of event it is.

        Without the former, and without an id of the delivery, repeated deliveries
        cannot be told from new events: all are worked on.

        :raise ValueError, KeyError, TypeError, AttributeError: it has another shape
        """
        content = delivery.json()
        key = content[self._event_key] if self._event_key else None
        topic = content.get(self._topic_key) if self._topic_key else None
        return None if key is None else str(key), str(topic or "")

    def delivery_id(
        self, delivery: Delivery, event_key: str | None, topic: str
    ) -> str | None:
        """Return what a delivery has in common with its repetitions only.

        It is the delivery's own id, where the system gives one. Otherwise it is the
        whole of kind, id and content: two events of one record are two deliveries.
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

    def receive(self, event) -> Any:
        """Do what an event asks for; in a job, with the rights of the backend.

        :param event: a ``connector.webhook.event``: ``event.content()`` is what came,
            ``event.topic`` its kind
        :return: what the job did, in words
        """
        raise NotImplementedError
