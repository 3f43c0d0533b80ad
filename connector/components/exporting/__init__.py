from . import base
from . import record
from . import batch
from . import deleter
from . import listener
