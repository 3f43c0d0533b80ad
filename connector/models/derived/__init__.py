"""Access, rules, views and menus derived from the models of a connector."""

from . import backend
from . import binding
from . import ir_model_inherit
from . import ir_module_module
