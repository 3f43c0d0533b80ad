"""Jobs that cannot be loaded from their row: the model, the method or an argument is
gone.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ...exception import NewerDocumentError
from ...job import database_now, text
from ...job.states import FAIL
from . import outcome, sql
from .errors import LeaseLost
from .job_code import job_code, raised_by
from .transaction import is_broken, outcome_transaction, start_for_outcome

if TYPE_CHECKING:
    from odoo.api import Environment

    from .lease import LeasedBatch
    from .leased_job import LeasedJob

_logger = logging.getLogger(__name__)

#: Maximum delay in seconds of a retry, for a job whose code is not loaded here (yet).
_MAX_SNOOZE = 10
#: Seconds within which this process may not know of a change of addons: until then
#: another attempt is not counted, and is made soon at first.
_FRESH = 600


class UndecodableJob:
    """Placeholder for the Job of a row that cannot be loaded."""

    def __init__(self, batch: LeasedBatch, leased: LeasedJob) -> None:
        self.lease = (batch, leased)
        self.uuid = leased.uuid

    def __repr__(self) -> str:
        return f"<Job {self.uuid}>"


def store_undecodable(
    env: Environment, batch: LeasedBatch, leased: LeasedJob, error: Exception
) -> None:
    """Store the outcome of a job that cannot be loaded.

    If the database has the model, or the arguments are of a newer version of this
    addon, this process may only be behind an update: the job is snoozed, and the
    attempt is not counted while the update is recent. Otherwise it fails, with what is
    missing.
    """
    job = UndecodableJob(batch, leased)
    row = leased.row
    env.cr.rollback()
    start_for_outcome(env, batch, leased)
    raised = raised_by(error)
    missing = _what_is_missing(env, row)
    error_text = f"{text.name_of(raised)}: {text.text_of(raised)}"
    message = f"This job cannot be run: {missing or error_text}"
    info = message if missing else f"{message}\n\n{text.traceback_text(raised)}"
    retry = (row["retry"] or 0) + 1
    values = {
        "exc_name": text.name_of(raised),
        "exc_message": message,
        "exc_info": info,
    }
    try:
        if _is_to_come(env, row, error):
            age = _age_of_last_change(env)
            is_fresh = age < _FRESH
            if is_fresh or not row["max_retries"] or retry < row["max_retries"]:
                with outcome_transaction(env, job):
                    env.cr.execute(
                        sql.SNOOZE,
                        {
                            "id": leased.id,
                            "seconds": min(max(1, age // 6), _MAX_SNOOZE),
                            "tries": 0 if is_fresh else 1,
                            "result": message,
                        },
                    )
                return
        _logger.error("Job failed: job=%s error=%s", job.uuid, message)
        with job_code(), outcome_transaction(env, job) as own_env:
            record = own_env["queue.job"].sudo().browse(leased.id)
            failed = FAIL.values(database_now(own_env.cr))
            record.write({**failed, "retry": retry, **values})
    except LeaseLost:
        outcome.give_up_job(env, job)
    except Exception as problem:
        if is_broken(env):
            raise
        _logger.error(
            "Failure not stored in the usual way: job=%s\n%s",
            job.uuid,
            text.traceback_text(raised_by(problem)),
        )
        outcome.fail_undecodable(env, job, leased, values, retry)


def _what_is_missing(env: Environment, row: dict) -> str | None:
    """Return which part of the code is missing, None if it is complete."""
    model = row["model_name"]
    if model and model not in env.registry:
        return f"the model {model} does not exist"
    if model and not hasattr(env.registry[model], row["method_name"] or ""):
        return f"{model} has no method {row['method_name']}"
    return None


def _is_to_come(env: Environment, row: dict, error: Exception) -> bool:
    if isinstance(error, NewerDocumentError):
        return True
    if not isinstance(error, KeyError) or row["model_name"] in env.registry:
        return False
    env.cr.execute(sql.IS_MODEL_KNOWN, {"model": row["model_name"]})
    return bool(env.cr.rowcount)


def _age_of_last_change(env: Environment) -> float:
    env.cr.execute(sql.SECONDS_SINCE_ADDONS_CHANGED)
    return env.cr.fetchone()[0]
