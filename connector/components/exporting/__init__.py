from . import base
from . import record
from . import deleter
from . import listener
