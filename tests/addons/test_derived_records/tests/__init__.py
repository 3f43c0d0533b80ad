from . import test_access
from . import test_menus
from . import test_records
from . import test_tour
from . import test_views
