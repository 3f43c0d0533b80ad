from ..core import AbstractComponent


class BaseComponent(AbstractComponent):
    """The root of all components: each inherits it without having to say so.

    Another addon gives something to every component by extending it in place,
    with an ``AbstractComponent`` that has ``_inherit = "base"``.
    """

    _name = "base"
