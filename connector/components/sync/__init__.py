"""Synchronizers; connectors import the base classes from :mod:`..synchronizer`."""

from . import base
from . import generic_exporter
