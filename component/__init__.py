from . import core
from . import components
from . import builder
from . import models
from .hooks import pre_init_hook, uninstall_hook
