"""The declaration of lines: which record they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from odoo import models

from .declared_setting import OF_COMPONENT, settings


@dataclass(frozen=True)
class LineOf:
    """The record that a line belongs to.

    ``model``
        binding model of the record
    ``field``
        name of the many2one from the line to the record, added to the line
    ``lines``
        name of the one2many from the record to its lines, added to the record
    ``odoo_field``
        many2one from the bound line to the bound record, for example ``order_id``;
        filled in when a line is created; ``None`` if the line binds no record
    ``id_key``
        key of the ID of an item, ``id`` by default
    ``on_remote_delete``
        what happens with a line that the external system no longer lists: ``unlink``
        (default) deletes it with what it binds; ``archive`` sets ``active`` to false,
        until it is listed again; ``keep`` does nothing
    """

    model: str | type[models.BaseModel]
    field: str
    lines: str
    odoo_field: str | None = None
    on_remote_delete: Literal["unlink", "archive", "keep"] = OF_COMPONENT
    id_key: str = OF_COMPONENT

    def map_child_settings(self) -> dict[str, Any]:
        """Return the attributes of the mapper of the lines that this sets."""
        return settings(self, ("on_remote_delete", "id_key"))


def line_of(model: models.BaseModel) -> LineOf | None:
    """Return which record the lines of a model belong to, ``None``: no lines."""
    declared = getattr(model, "_line_of", None)
    return declared if isinstance(declared, LineOf) else None
