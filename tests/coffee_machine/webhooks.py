"""Webhooks: the machine tells others what happened, signed, and tries again."""

import hashlib
import hmac
import json
import logging
import queue
import threading
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from typing import Any

from .counters import Statistics

SIGNATURE = "X-Coffee-Signature"
TIMEOUT = 5.0
PAUSES = (0.2, 1.0, 5.0)

_logger = logging.getLogger(__name__)


def signature(secret: str, body: bytes) -> str:
    """The value of ``X-Coffee-Signature`` for a body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """What was signed for one address is not sent to another."""

    def redirect_request(self, *args):
        return None


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)


class Courier(threading.Thread):
    """Brings one webhook its events, in order; a dead one delays no other."""

    def __init__(self, url: str, secret: str, statistics: Statistics, pauses):
        super().__init__(name=f"courier to {url}", daemon=True)
        self._url = url
        self._secret = secret
        self._statistics = statistics
        self._pauses = pauses
        self._bodies: queue.Queue[bytes | None] = queue.Queue()
        self._stopping = threading.Event()

    def bring(self, body: bytes) -> None:
        self._bodies.put(body)

    def stop(self) -> None:
        self._stopping.set()
        self._bodies.put(None)

    def run(self) -> None:
        while (body := self._bodies.get()) is not None:
            if not self._stopping.is_set():
                self._deliver(body)

    def _deliver(self, body: bytes) -> None:
        for pause in (*self._pauses, None):
            if self._post(body):
                self._statistics.count("webhooks", "delivered")
                return
            self._statistics.count("webhooks", "failed tries")
            if pause is not None and self._stopping.wait(pause):
                return
        self._statistics.count("webhooks", "given up")

    def _post(self, body: bytes) -> bool:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "CoffeeMachine",
            SIGNATURE: signature(self._secret, body),
        }
        request = urllib.request.Request(self._url, body, headers, method="POST")
        try:
            with _opener.open(request, timeout=TIMEOUT):
                return True
        except (OSError, ValueError) as error:
            _logger.info("webhook %s: %s", self._url, error)
            return False


@dataclass(frozen=True)
class Webhook:
    id: int
    url: str
    courier: Courier


class Webhooks:
    """Who wants to know; safe to call from any thread."""

    def __init__(self, statistics: Statistics, pauses: tuple[float, ...] = PAUSES):
        self.pauses = pauses
        self._statistics = statistics
        self._lock = threading.Lock()
        self._hooks: dict[int, Webhook] = {}
        self._next_id = 1
        self._last: tuple[str, bytes] | None = None

    def all(self) -> list[Webhook]:
        with self._lock:
            return list(self._hooks.values())

    def add(self, url: str, secret: str) -> Webhook:
        with self._lock:
            courier = Courier(url, secret, self._statistics, self.pauses)
            hook = Webhook(self._next_id, url, courier)
            self._next_id += 1
            self._hooks[hook.id] = hook
        courier.start()
        return hook

    def remove(self, hook_id: int) -> bool:
        """Return whether there was one."""
        with self._lock:
            hook = self._hooks.pop(hook_id, None)
        if hook:
            hook.courier.stop()
        return hook is not None

    def publish(self, event: str, **content: Any) -> None:
        event_id = str(uuid.uuid4())
        body = json.dumps({"event": event, "id": event_id, **content}).encode()
        with self._lock:
            self._last = event_id, body
        self.deliver_again()

    def deliver_again(self) -> str | None:
        """Send the last event, return its id; None when there was none yet."""
        with self._lock:
            if self._last is None:
                return None
            event_id, body = self._last
            for hook in self._hooks.values():
                hook.courier.bring(body)
            return event_id

    def close(self) -> None:
        for hook in self.all():
            self.remove(hook.id)
