from . import test_backend_versions
from . import test_binder
from . import test_export
from . import test_export_once
from . import test_import
from . import test_jobs
from . import test_listener
from . import test_relational_mapping
