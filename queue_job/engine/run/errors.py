"""Errors of leases."""


class LeaseLost(Exception):
    """The job was taken over: nothing of it may be committed here."""


class WorkerDied(Exception):
    """The process of the running job ended."""
