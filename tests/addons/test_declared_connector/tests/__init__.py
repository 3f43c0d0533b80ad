from . import test_binding
from . import test_contract
from . import test_declaration_check
from . import test_declared_map
from . import test_declared_listener
from . import test_defaults
