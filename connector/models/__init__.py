from . import backend_model
from . import connector_export_receipt
from . import queue_job
