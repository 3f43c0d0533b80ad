"""One HTTP session per database, backend and process, with its connections.

Guarantees: a connection is reused as long as location and credentials stay the same; a
forked process never shares a socket with its parent; an idle backend's connections are
closed when more than ``_KEPT`` others were used since.
"""

import hashlib
import os
import threading
import time
from collections.abc import Callable, Hashable

import requests
from cachetools import LRUCache
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

_KEPT = 64
# How long a refused login is not tried again with the very same credentials: a queue
# full of jobs must not become a queue full of failed logins, which lock accounts.
REFUSAL_SECONDS = 60


class _Transport(HTTPAdapter):
    """Retries what is safe to send twice: reads, and writes the other side knows again.

    :param timeout: seconds to connect, seconds between two bytes
    :param header: name of the header that makes a write recognisable, if any
    """

    def __init__(self, retries: Retry, timeout: tuple, header: str | None):
        super().__init__(max_retries=retries)
        self._timeout = timeout
        self._header = header
        self._keyed = HTTPAdapter(max_retries=retries.new(allowed_methods=None))

    def send(self, request, *args, **kwargs):
        kwargs["timeout"] = self._timeout
        if self._header and self._header in request.headers:
            return self._keyed.send(request, *args, **kwargs)
        return super().send(request, *args, **kwargs)

    def close(self):
        self._keyed.close()
        return super().close()


class RemoteSession:
    """A requests session plus what was learnt about the other side in this process.

    :param timeout: seconds to connect, seconds between two bytes
    :param repeat_header: header that makes a write recognisable over there, if any
    """

    def __init__(
        self, timeout: tuple[float, float] = (5, 30), repeat_header: str | None = None
    ):
        self.http = requests.Session()
        # A .netrc of the server's user must not add credentials to our calls.
        self.http.auth = lambda request: request
        retries = Retry(
            total=3,
            connect=1,
            # A certificate will not be another one in a second.
            other=0,
            allowed_methods={"GET", "HEAD", "OPTIONS"},
            status_forcelist={500, 502, 504},
            backoff_factor=0.2,
            backoff_jitter=0.2,
            # Waiting is for the queue, not for a worker's seat.
            respect_retry_after_header=False,
            raise_on_status=False,
        )
        transport = _Transport(retries, timeout, repeat_header)
        self.http.mount("https://", transport)
        self.http.mount("http://", transport)
        self.lock = threading.RLock()
        self.token: str | None = None
        self.token_expires = 0.0
        self._refusal: tuple[float, str] | None = None

    def refuse(self, why: str) -> None:
        """Remember that the credentials were refused, and in which words."""
        self._refusal = (time.monotonic() + REFUSAL_SECONDS, why)

    @property
    def refusal(self) -> str | None:
        """Why the credentials were refused lately, ``None`` if they were not."""
        if self._refusal and time.monotonic() < self._refusal[0]:
            return self._refusal[1]
        return None

    def forget(self) -> None:
        """Log in anew at the next call, whatever happened before."""
        with self.lock:
            self.token, self._refusal = None, None

    def close(self) -> None:
        self.http.close()


class _Pool(LRUCache):
    def popitem(self):
        key, (fingerprint, session) = super().popitem()
        session.close()
        return key, (fingerprint, session)


_pool = _Pool(maxsize=_KEPT)
_pool_lock = threading.Lock()


def session_for(
    key: Hashable, settings: tuple, make: Callable[[], RemoteSession]
) -> RemoteSession:
    """Return the session kept under ``key``, a new one when ``settings`` changed.

    :param key: database, backend model and backend id
    :param settings: everything that makes a session another one: location,
        credentials; only a digest of it is kept
    """
    fingerprint = hashlib.sha256(repr(settings).encode()).digest()
    key = (os.getpid(), key)
    with _pool_lock:
        known = _pool.get(key)
        if known and known[0] == fingerprint:
            return known[1]
        if known:
            # Not closed: another thread may be in the middle of a call with it.
            del _pool[key]
        session = make()
        _pool[key] = (fingerprint, session)
        return session
