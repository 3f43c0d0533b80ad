"""One HTTP session per database, backend and process, with its connections.

Guarantees: a connection is reused as long as location and credentials are unchanged; a
forked process never shares a socket with its parent; an idle backend's connections are
closed when more than ``_KEPT`` others were used since.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Hashable
from typing import Any

import requests
from cachetools import LRUCache
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from .deadline import POOLS, is_over
from .response import RemoteResponse
from .tokens import Tokens

READS = {"GET", "HEAD", "OPTIONS"}
_KEPT = 64


class _Retry(Retry):
    """Retries immediately, while there is time left, and unless throttled."""

    def is_retry(
        self, method: Any, status_code: int, has_retry_after: bool = False
    ) -> bool:
        return not has_retry_after and super().is_retry(method, status_code)

    def increment(self, *args: Any, **kwargs: Any) -> Any:
        return Retry.increment(
            self.new(total=0) if is_over() else self, *args, **kwargs
        )


class _Bounded(HTTPAdapter):
    """Responds within the deadline of the request, with a :class:`RemoteResponse`.

    :param pools: classes of the connection pools, by scheme
    """

    def __init__(self, pools: dict[str, type], **kwargs: Any):
        self._pools = pools
        super().__init__(**kwargs)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def build_response(self, request: Any, resp: Any) -> Any:
        response = super().build_response(request, resp)
        response.__class__ = RemoteResponse
        return response


class _Transport(_Bounded):
    """Retries requests that are safe to repeat: reads, and idempotent writes.

    :param timeout: in seconds: to connect, between two bytes
    :param header: name of the idempotency header, if any
    """

    def __init__(
        self,
        retries: Retry,
        timeout: tuple,
        header: str | None,
        pools: dict[str, type],
    ):
        super().__init__(pools, max_retries=retries)
        self._timeout = timeout
        self._header = header
        self._keyed = _Bounded(pools, max_retries=retries.new(allowed_methods=None))

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        kwargs["timeout"] = self._timeout
        is_keyed = self._header and self._header in request.headers
        if is_keyed or getattr(request, "is_read", False):
            return self._keyed.send(request, *args, **kwargs)
        return super().send(request, *args, **kwargs)

    def close(self) -> None:
        self._keyed.close()
        return super().close()


class RemoteRequest(requests.Request):
    """A request that says whether it only reads, whatever its method.

    :param is_read: it changes nothing, so it can be repeated at once; by default,
        according to the method
    """

    def __init__(self, method: str, *args: Any, is_read: bool | None = None, **kwargs):
        super().__init__(method, *args, **kwargs)
        self.is_read = method in READS if is_read is None else is_read


class RemoteSession:
    """A requests session plus the state of the external system in this process.

    :param timeout: in seconds: to connect, between two bytes
    :param repeat_header: name of the idempotency header, if any
    :param tokens: login tokens, shared with other processes
    :param pools: classes of the connection pools, by scheme
    """

    def __init__(
        self,
        timeout: tuple[float, float] = (5, 30),
        repeat_header: str | None = None,
        tokens: Tokens | None = None,
        pools: dict[str, type] | None = None,
    ):
        self.tokens = tokens
        self.http = requests.Session()
        # Encodings that can be decompressed within limits.
        self.http.headers["Accept-Encoding"] = "gzip, deflate"
        # A .netrc of the server's user must not add credentials to requests.
        self.http.auth = lambda request: request
        retries = _Retry(
            total=3,
            connect=1,
            # A certificate error does not go away within a second.
            other=0,
            allowed_methods=READS,
            status_forcelist={500, 502, 504},
            backoff_factor=0.2,
            backoff_jitter=0.2,
            # Waiting is done in the queue, not in a worker.
            respect_retry_after_header=False,
            raise_on_status=False,
        )
        transport = _Transport(retries, timeout, repeat_header, pools or POOLS)
        self.http.mount("https://", transport)
        self.http.mount("http://", transport)

    def forget(self) -> None:
        """Log in again at the next request, whatever happened before."""
        if self.tokens:
            self.tokens.forget()

    def close(self) -> None:
        self.http.close()


class _Pool(LRUCache):
    def popitem(self) -> tuple[Any, Any]:
        key, (fingerprint, session) = super().popitem()
        session.close()
        return key, (fingerprint, session)


_pool = _Pool(maxsize=_KEPT)
_pool_lock = threading.Lock()


def fingerprint_of(settings: tuple) -> str:
    """Return a digest that identifies settings without revealing them."""
    return hashlib.sha256(repr(settings).encode(errors="replace")).hexdigest()


def session_for(
    key: Hashable, settings: tuple, make: Callable[[], RemoteSession]
) -> RemoteSession:
    """Return the session kept under ``key``, a new one when ``settings`` changed.

    :param key: database, backend model and backend ID
    :param settings: everything that requires a new session: location, credentials; only
        a digest is kept
    """
    fingerprint = fingerprint_of(settings)
    key = (os.getpid(), key)
    with _pool_lock:
        known = _pool.get(key)
        if known and known[0] == fingerprint:
            return known[1]
        if known:
            # Not closed: another thread may be using it.
            del _pool[key]
        session = make()
        _pool[key] = (fingerprint, session)
        return session
