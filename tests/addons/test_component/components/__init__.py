from . import machine
from . import mapper
from . import listener
