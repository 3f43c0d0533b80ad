"""Synchronizers; connectors import the base ones from :mod:`..synchronizer`."""

from . import base
from . import generic_exporter
