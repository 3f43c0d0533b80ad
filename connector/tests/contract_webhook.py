"""What every connector that is called by webhooks has to bear."""

from __future__ import annotations

import json
from typing import Any

from ..components.webhook.receiver import Delivery
from .contract import ConnectionContract


class WebhookContract(ConnectionContract):
    """To be mixed with a ``ConnectorCase``, see :mod:`.contract`.

    Needs an ``ImportContract`` beside it, whose ``example`` is what was changed.
    """

    _has_webhook = True

    # -- hooks

    def webhook_body(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return what the other side sends when it has a new record."""
        raise NotImplementedError(f"{type(self).__name__} has to say what is sent")

    # -- tests

    def test_the_same_delivery_twice_is_worked_on_once(self):
        body = self.webhook_body(self._new_record())
        self.assertTrue(self.deliver(body), "it was not taken")
        self.assertFalse(self.deliver(body), "the same again was taken for another")
        jobs = self.run_jobs()
        self.assertEqual(jobs.mapped("state"), ["done"], jobs.mapped("exc_info"))

    def test_what_was_told_is_there(self):
        record = self._new_record()
        self.deliver(self.webhook_body(record))
        self.run_jobs()
        found = map(str, self.external_ids(self.import_model))
        self.assertIn(str(record[self.server.id_key]), found)

    def test_a_delivery_signed_by_somebody_else_is_refused(self):
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
        """Deliver, signed well; return whether it is news."""
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
