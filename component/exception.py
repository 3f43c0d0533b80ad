"""Exceptions of component lookups.

Invalid declarations (no name, unknown parent...) raise ``TypeError``.
"""


class ComponentException(Exception):
    """Base class of the exceptions of the component system."""


class NoComponentError(ComponentException):
    """No component matches the lookup."""


class SeveralComponentError(ComponentException):
    """Several components match the lookup, and none is preferred."""


class RegistryNotReadyError(ComponentException):
    """The components of the database are not built yet."""
