"""Splits a model class over several files.

``class QueueJob(JobActions, JobGraph, ..., models.Model)`` is one class to
Odoo and to other addons: whichever file defines a method, it is an attribute of
``QueueJob``, and a test that patches ``QueueJob.requeue`` affects the records.
Classes that extend the model with ``_inherit`` would precede it in the method
resolution order and hide the patch.
"""

from odoo import models


class Part(models.Model):
    """A part of a model; it must set its own ``_name`` and ``_register = False``.

    Fields and indexes of a part belong to the model as if they were declared there.
    """

    _register = False
    # set by Odoo from the module path of registered classes
    _module = "queue_job"
