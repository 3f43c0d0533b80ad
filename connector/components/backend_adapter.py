"""Backend adapters speak the language of the other system."""

# Their methods are named like those of models, and have nothing to do with them.
# pylint: disable=method-required-super

from odoo.addons.component.core import AbstractComponent

__all__ = ["AbstractComponent", "BackendAdapter", "CRUDAdapter"]


class BackendAdapter(AbstractComponent):
    """Base of the components that talk with the other system."""

    _name = "base.backend.adapter"
    _inherit = "base.connector"
    _usage = "backend.adapter"


class CRUDAdapter(AbstractComponent):
    """The usual operations on the records of the other system.

    Every method may take what its system needs. The exporter calls ``create(data)``,
    which returns the external id, and ``write(external_id, data)``.
    """

    _name = "base.backend.adapter.crud"
    _inherit = "base.backend.adapter"
    _usage = "backend.adapter"

    def search(self, *args, **kwargs):
        """Return the external ids that match some criteria."""
        raise NotImplementedError

    def read(self, *args, **kwargs):
        """Return one record."""
        raise NotImplementedError

    def search_read(self, *args, **kwargs):
        """Return the records that match some criteria."""
        raise NotImplementedError

    def create(self, *args, **kwargs):
        """Create a record and return its external id."""
        raise NotImplementedError

    def write(self, *args, **kwargs):
        """Change a record."""
        raise NotImplementedError

    def delete(self, *args, **kwargs):
        """Delete a record."""
        raise NotImplementedError
