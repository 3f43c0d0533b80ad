"""Import path of the abstract models of backends and bindings."""

from .backend.base import ConnectorBackend
from .binding.external import ExternalBinding

__all__ = ["ConnectorBackend", "ExternalBinding"]
