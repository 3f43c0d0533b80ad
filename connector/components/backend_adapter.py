"""Backend adapters implement the API of the external system."""

# The methods are named like those of models but are unrelated to them.
# pylint: disable=method-required-super

from odoo.addons.component.core import AbstractComponent

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

    def search(self, *args, **kwargs):
        """Return the external IDs of the records that match some criteria."""
        raise NotImplementedError

    def read(self, *args, **kwargs):
        """Return one record."""
        raise NotImplementedError

    def search_read(self, *args, **kwargs):
        """Return the records that match some criteria."""
        raise NotImplementedError

    def create(self, *args, **kwargs):
        """Create a record and return its external ID."""
        raise NotImplementedError

    def write(self, *args, **kwargs):
        """Update a record."""
        raise NotImplementedError

    def delete(self, *args, **kwargs):
        """Delete a record."""
        raise NotImplementedError
