"""Synchronizers: the import path used by connectors."""

from odoo.addons.component.core import AbstractComponent

from ..exception import IDMissingInBackend, RetryableJobError
from .sync.base import Deleter, Exporter, Importer, Synchronizer
from .sync.generic_exporter import GenericExporter

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
