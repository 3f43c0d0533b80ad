from ..core import AbstractComponent


class BaseComponent(AbstractComponent):
    """The implicit parent of all components.

    To extend every component, declare an ``AbstractComponent`` with
    ``_inherit = "base"``.
    """

    _name = "base"
