"""Contract tests of webhooks."""

from __future__ import annotations

import json
from typing import Any

from ..components.webhook.receiver import Delivery
from .contract import ConnectionContract


class WebhookContract(ConnectionContract):
    """To be mixed with a ``ConnectorCase``, see :mod:`.contract`.

    Requires an ``ImportContract``, whose ``example`` is the changed record.
    """

    _has_webhook = True

    # -- hooks

    def webhook_body(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return the body that the external system sends for a new record.

        By default the record itself.
        """
        return record

    # -- tests

    def test_a_duplicate_delivery_is_processed_once(self):
        body = self.webhook_body(self._new_record())
        self.assertTrue(self.deliver(body), "it was not accepted")
        self.assertFalse(self.deliver(body), "a redelivery was taken for another event")
        jobs = self.run_jobs()
        self.assertEqual(jobs.mapped("state"), ["done"], jobs.mapped("exc_info"))

    def test_the_delivered_record_is_imported(self):
        record = self._new_record()
        self.deliver(self.webhook_body(record))
        self.run_jobs()
        found = map(str, self.external_ids(self.import_model))
        self.assertIn(str(record[self.server.id_key]), found)

    def test_a_delivery_with_an_invalid_signature_is_rejected(self):
        endpoint = self._endpoint()
        body = json.dumps(self.webhook_body(self._new_record())).encode()
        with endpoint._receiver() as receiver:
            name = receiver._signature_header
            forged = receiver.signature(body, "another-secret")
            self.assertFalse(
                receiver.verify(Delivery({name: forged}, body), endpoint.secret)
            )
            self.assertFalse(receiver.verify(Delivery({}, body), endpoint.secret))

    # -- helpers

    def deliver(self, content: dict[str, Any]) -> bool:
        """Deliver with a valid signature; return whether it is a new event."""
        endpoint = self._endpoint()
        body = json.dumps(content).encode()
        with endpoint._receiver() as receiver:
            signature = receiver.signature(body, endpoint.secret)
            delivery = Delivery({receiver._signature_header: signature}, body)
            self.assertTrue(receiver.verify(delivery, endpoint.secret))
            event_key, topic = receiver.identify(delivery)
        return bool(endpoint._take(delivery, event_key, topic))

    def _endpoint(self) -> Any:
        endpoint = self.env["connector.webhook.endpoint"]._of(self.backend).sudo()
        if not endpoint.secret:
            endpoint._renew()
        return endpoint

    def _new_record(self) -> dict[str, Any]:
        path = self.path_of(self.import_model)
        return self.server.add(path, **self.example(1))
