from . import queue_requeue_job, queue_jobs_to_cancelled, queue_jobs_to_done
