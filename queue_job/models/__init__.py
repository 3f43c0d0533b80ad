from . import (
    base,
    ir_model_fields,
    queue_job,
    queue_job_buttons,
    queue_job_channel,
    queue_job_failure,
    queue_job_function,
    queue_job_graph,
    queue_job_lock,
    queue_job_store,
    queue_job_vacuum,
)
