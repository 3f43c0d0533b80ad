"""Unique jobs: of those with the same identity key only one may wait.

Duplicates can still arise: a started job that must wait again (retry, dead worker,
requeue) may find that a newer one with its key is waiting, and tables of older versions
contain some. Then the newer or more advanced one stays, the other is superseded: it is
cancelled, names the one that stays, and its dependents wait for that one.

Triggers of ``engine/schema/uniqueness.py`` enforce this for every writer: the
engine's SQL, an addon's, the ORM.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from odoo.models import BaseModel

_logger = logging.getLogger(__name__)

#: One waiting job per identity key.
UNIQUE_INDEX = "queue_job_identity_key_waiting_unique"


def cancel_if_superseded(job: Any, record: BaseModel) -> bool:
    """Cancel ``job``, about to wait, if another one is waiting with its key."""
    env = job.env
    duplicate = record._waiting_duplicate()
    if not duplicate:
        return False
    message = env._(
        "Superseded by job %s, which is waiting with the same identity key",
        duplicate.uuid,
    )
    job.set_cancelled(result=message)
    job.store()
    # the trigger transfers the dependents
    record.write({"superseded_by": duplicate.uuid})
    env.flush_all()
    env.invalidate_all(flush=False)
    _logger.info("Job superseded, same identity key: job=%s by=%s", job, duplicate.uuid)
    return True
