"""Errors of leases."""


class LeaseLost(Exception):
    """The job was rescued by another worker: its work must not be committed here."""


class WorkerDied(Exception):
    """The process of the running job ended."""
