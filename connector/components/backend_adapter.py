"""Backend adapters implement the API of the external system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# The methods are named like those of models but are unrelated to them.
# pylint: disable=method-required-super
from odoo.addons.component.core import AbstractComponent

if TYPE_CHECKING:
    from typing import Self

__all__ = ["AbstractComponent", "BackendAdapter", "CRUDAdapter"]


class BackendAdapter(AbstractComponent):
    """Base of the components that communicate with the external system."""

    _name = "base.backend.adapter"
    _inherit = "base.connector"
    _usage = "backend.adapter"


class CRUDAdapter(AbstractComponent):
    """The CRUD operations on the records of the external system.

    Each method may take the arguments its system needs. The exporter calls
    ``create(data)``, which returns the external ID, and ``write(external_id, data)``.
    """

    _name = "base.backend.adapter.crud"
    _inherit = "base.backend.adapter"
    _usage = "backend.adapter"

    def search(self, *args: Any, **kwargs: Any) -> Any:
        """Return the external IDs of the records that match some criteria."""
        raise NotImplementedError

    def read(self, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        """Return one record."""
        raise NotImplementedError

    def search_read(self, *args: Any, **kwargs: Any) -> Any:
        """Return the records that match some criteria."""
        raise NotImplementedError

    def create(self, *args: Any, **kwargs: Any) -> Self:
        """Create a record and return its external ID."""
        raise NotImplementedError

    def write(self, *args: Any, **kwargs: Any) -> bool:
        """Update a record."""
        raise NotImplementedError

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete a record."""
        raise NotImplementedError
