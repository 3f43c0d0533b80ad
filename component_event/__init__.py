from . import core
from . import components
from . import models
from .components.event import skip_if
from .delivery import after_commit, isolated
