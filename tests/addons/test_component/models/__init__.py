from . import backend
from . import recipe
