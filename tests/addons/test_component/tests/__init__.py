from . import test_collection
from . import test_inspection
from . import test_record_events
