"""Importers: of one record, of lists, in bulk, and the steps they share."""

from . import record
from . import batch
from . import bulk
from . import comparer
from . import deleter
from . import files
from . import translation
from . import lines
from . import preview
