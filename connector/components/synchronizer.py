"""Synchronizers: the import path used by connectors."""

from odoo.addons.component.core import AbstractComponent

from ..exception import IDMissingInBackend, RetryableJobError
from .base import Deleter, Exporter, Importer, Synchronizer
from .exporting.base import GenericExporter

__all__ = [
    "AbstractComponent",
    "Deleter",
    "Exporter",
    "GenericExporter",
    "IDMissingInBackend",
    "Importer",
    "RetryableJobError",
    "Synchronizer",
]
