from . import backend_model
from . import connector_coalescing_export
from . import connector_export_receipt
from . import connector_pending_export
from . import queue_job
