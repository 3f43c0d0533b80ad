from . import test_access
from . import test_connection
from . import test_export_badges
from . import test_flows
from . import test_home
from . import test_import_brews
from . import test_import_recipes
from . import test_webhook
