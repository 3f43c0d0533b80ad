"""Exporters: of one record, of many, and the listener that starts them."""

from . import base
from . import record
from . import batch
from . import deleter
from . import listener
from . import declared_listener
