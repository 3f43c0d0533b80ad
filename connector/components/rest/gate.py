"""Former place of :mod:`..http.circuit_breaker`."""

from ..http.circuit_breaker import PERIODS, Gate, Rate

__all__ = ["PERIODS", "Gate", "Rate"]
