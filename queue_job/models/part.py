"""Model classes whose parts stand in files of their own.

``class QueueJob(JobActions, JobGraph, ..., models.Model)`` is one class to
Odoo and to other addons: whatever file a method is written in, it is an attribute of
``QueueJob``, and a test that patches ``QueueJob.requeue`` changes what records do.
Classes that extend the model with ``_inherit`` would come before it in the order of
lookup, and hide the patch.
"""

from odoo import models


class Part(models.Model):
    """A part of a model; it needs a ``_name`` and ``_register = False`` of its own.

    Fields and indexes of a part belong to the model as if they were declared there.
    """

    _register = False
    # what Odoo reads from the path of a class that it registers
    _module = "queue_job"
