"""What can become of a lease."""


class LeaseLost(Exception):
    """Somebody else decides about this job by now: nothing of it may be committed."""


class WorkerDied(Exception):
    """The process that ran the job ended while it ran."""
