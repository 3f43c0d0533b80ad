"""The mapper machinery; :mod:`..mapper` is where connectors import it from."""

from . import child
from . import decorators
from . import definitions
from . import mapper
from . import modifiers
from . import options
from . import record
from . import trace
