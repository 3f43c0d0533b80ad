from . import base
from . import machine
from . import recipes
from . import brews
