from . import base, ir_model_fields
from . import queue_job, queue_job_channel, queue_job_function, queue_job_lock
from . import lease, worker

# a view of the table of jobs
from . import cause
