from . import test_base
from . import test_collecter
from . import test_core
from . import test_delivery
from . import test_failure
from . import test_listener
from . import test_record_events
from . import test_skipping
