from . import test_components_of_models
from . import test_events_of_models
from . import test_inspection
