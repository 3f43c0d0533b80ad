"""Names that are derived from that of the addon, as the templates derive them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import SetupError


@dataclass(frozen=True)
class Names:
    """The names of a connector.

    ``key``
        what XML IDs and fields begin with: ``green_tea``
    ``cls``
        what classes begin with: ``GreenTea``
    """

    key: str
    cls: str

    @classmethod
    def of_addon(cls, addon: str) -> Names:
        """Return the names derived from that of an addon."""
        key = addon.removeprefix("connector_")
        key = f"connector_{key}" if key[:1].isdigit() else key
        return cls(key, pascal(key))

    @classmethod
    def of_backend(cls, model: str, class_name: str) -> Names:
        """Return the names derived from those of an existing backend."""
        key = model.removesuffix(".backend").replace(".", "_")
        return cls(key, class_name.removesuffix("Backend") or pascal(key))

    @property
    def prefix(self) -> str:
        """What names of models begin with: ``green.tea``."""
        return self.key.replace("_", ".")

    @property
    def title(self) -> str:
        """The name for users: ``Green Tea``."""
        return self.key.replace("_", " ").title()

    @property
    def bindings_field(self) -> str:
        """The field of bound models that lists their bindings."""
        return f"{self.key}_bind_ids"

    def binding_model(self, model: str) -> str:
        """Return the name of the model that binds `model`."""
        return f"{self.prefix}.{model}"

    def binding_class(self, model: str) -> str:
        """Return the name of its class: ``GreenTeaSaleOrder``."""
        return self.cls + short_name(model)


def addon_name(name: str) -> str:
    """Return the name of the addon for what was typed: ``ConnectorTea``.

    :raises SetupError: it cannot be one
    """
    # Odoo converts camel case to underscores, but keeps dashes.
    name = name.strip().replace("-", "_")
    if not re.fullmatch(r"\w+", name, re.ASCII):
        raise SetupError(
            f"{name!r} is not a valid addon name: use a name like connector_tea"
        )
    return re.sub(r"(?<=[^A-Z])\B([A-Z])", r"_\1", name).lower()


def pascal(text: str) -> str:
    """Return a text with separators in camel case."""
    return "".join(word.capitalize() for word in re.split(r"[\W_]+", text))


def short_name(model: str) -> str:
    """Return what a class of a model is called: ``res.partner`` is a ``Partner``."""
    words = model.removeprefix("res.").split(".")
    if len(words) == 2 and words[0] == words[1]:
        words = words[:1]
    return "".join(map(pascal, words))


def file_name(model: str) -> str:
    """Return the name of the Python module for a model."""
    return model.replace(".", "_")
