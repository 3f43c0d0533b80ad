from . import models
from . import shelf
from . import components
