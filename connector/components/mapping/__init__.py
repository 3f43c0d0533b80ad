"""The mapper machinery; connectors import it from :mod:`..mapper`."""

from . import child
from . import decorators
from . import definitions
from . import files
from . import mapper
from . import import_mapper
from . import export_mapper
from . import modifier
from . import modifiers
from . import options
from . import record
from . import trace
