"""The cost of queries, and the budget it is paid from.

Two published forms are understood:

* Shopify: ``extensions.cost`` with ``requestedQueryCost``, ``actualQueryCost`` and
  ``throttleStatus`` (``maximumAvailable``, ``currentlyAvailable``, ``restoreRate`` in
  points per second); see
  https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits. The budget is
  restored steadily, so it is a rate limit of the backend, shared by all servers.
* GitHub: ``rateLimit { cost remaining resetAt }``, if the query selects it, and the
  headers ``X-RateLimit-Remaining`` and ``X-RateLimit-Reset``; see
  https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api.
  The budget is restored at once, at a given time.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from datetime import datetime, timezone
from typing import Any, NamedTuple

import requests
from cachetools import LRUCache

from ..http.circuit_breaker import CostLimit

_LONGEST_WAIT = 24 * 3600
# In this process, another one learns them itself: the costs of queries by backend and
# document; the full budget and its restore rate by backend.
_costs: LRUCache = LRUCache(2000)
_budgets: LRUCache = LRUCache(200)


class Cost(NamedTuple):
    """The cost of one query, and the budget after it.

    :param requested: points that have to be available before the query
    :param actual: points that it took in the end
    :param available: points left
    :param maximum: points of the full budget, ``None``: unknown
    :param restore_rate: points restored per second, ``None``: all at ``reset_in``
    :param reset_in: seconds until the full budget is restored
    """

    requested: float
    actual: float
    available: float
    maximum: float | None = None
    restore_rate: float | None = None
    reset_in: float = 0

    @property
    def seconds_to_full(self) -> float:
        """Seconds until the budget is full."""
        if not self.restore_rate or self.maximum is None:
            return 0
        return max(self.maximum - self.available, 0) / self.restore_rate

    @property
    def wait(self) -> float:
        """Seconds until the same query can be paid."""
        missing = self.requested - self.available
        if missing <= 0:
            return 0
        seconds = missing / self.restore_rate if self.restore_rate else self.reset_in
        return min(seconds, _LONGEST_WAIT)

    @property
    def is_too_much(self) -> bool:
        """Whether the query exceeds even the full budget."""
        return self.maximum is not None and self.requested > self.maximum


def cost_of(response: requests.Response, answer: Any) -> Cost | None:
    """Return the cost that a response reports, ``None`` if it reports none."""
    try:
        return _steady(answer) or _window(response, answer)
    except (TypeError, ValueError, OverflowError, AttributeError):
        # It is only used to be polite: a request is not failed for it.
        return None


def known_limit(backend: Hashable, query: Hashable) -> CostLimit | None:
    """Return the rate limit for a query, by what responses reported."""
    cost, budget = _costs.get((backend, query)), _budgets.get(backend)
    return CostLimit(cost, *budget) if cost and budget else None


def remember(backend: Hashable, query: Hashable, cost: Cost) -> None:
    """Remember the cost of a query, and the budget of the backend."""
    if cost.maximum and cost.restore_rate:
        _costs[backend, query] = cost.requested
        _budgets[backend] = cost.maximum, cost.restore_rate


def _steady(answer: Any) -> Cost | None:
    cost = _dict(_dict(answer, "extensions"), "cost")
    status = _dict(cost, "throttleStatus")
    if not status:
        return None
    requested = float(cost.get("requestedQueryCost") or 0)
    return Cost(
        requested,
        # Null if the query was throttled.
        float(cost.get("actualQueryCost") or 0),
        float(status["currentlyAvailable"]),
        float(status["maximumAvailable"]) if "maximumAvailable" in status else None,
        float(status.get("restoreRate") or 0) or None,
    )


def _window(response: requests.Response, answer: Any) -> Cost | None:
    told = _dict(_dict(answer, "data"), "rateLimit")
    remaining = told.get("remaining", response.headers.get("X-RateLimit-Remaining"))
    now = datetime.now(timezone.utc)
    if told.get("resetAt"):
        reset_at = datetime.fromisoformat(told["resetAt"])
        if reset_at.tzinfo is None:
            reset_at = reset_at.replace(tzinfo=timezone.utc)
        seconds = (reset_at - now).total_seconds()
    elif response.headers.get("X-RateLimit-Reset"):
        seconds = float(response.headers["X-RateLimit-Reset"]) - now.timestamp()
    else:
        return None
    if remaining is None or not math.isfinite(seconds):
        return None
    cost = float(told.get("cost") or 1)
    return Cost(cost, cost, float(remaining), reset_in=max(seconds, 1))


def _dict(value: Any, key: str) -> dict:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}
