"""Former place of :mod:`..http`; connectors import from it."""
