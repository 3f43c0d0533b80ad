from . import test_collecter
from . import test_delivery
from . import test_event
from . import test_event_work_context
from . import test_failure
from . import test_listener
from . import test_record_events
from . import test_skip_if
