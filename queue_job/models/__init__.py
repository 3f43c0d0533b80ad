from . import (
    base,
    ir_model_fields,
    queue_job,
    queue_job_cause,
    queue_job_channel,
    queue_job_function,
    queue_job_lease,
    queue_job_lock,
    queue_job_throttle,
    queue_job_worker,
)
