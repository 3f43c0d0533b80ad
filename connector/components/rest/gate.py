"""Former place of :mod:`..http.circuit_breaker`."""

from ..http.circuit_breaker import CircuitBreaker as Gate
from ..http.circuit_breaker import RateLimit as Rate

__all__ = ["Gate", "Rate"]
