"""What can go wrong between a question and a component.

Mistakes in a declaration (no name, unknown parent...) are ``TypeError``.
"""


class ComponentException(Exception):
    """Root of the exceptions of the component system."""


class NoComponentError(ComponentException):
    """No component answers the question."""


class SeveralComponentError(ComponentException):
    """More than one component answers, and nothing prefers one of them."""


class RegistryNotReadyError(ComponentException):
    """The components of the database are not built (yet)."""
