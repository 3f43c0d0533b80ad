"""Handles jobs that cannot be loaded: model, method or arguments are unknown."""

import logging

from ..exception import NewerDocumentError
from ..jobs import text
from . import fate, outcome
from .errors import LeaseLost
from .sql import lease as sql

_logger = logging.getLogger(__name__)

#: Seconds before the next attempt of a job whose code is not loaded (yet).
_NOT_HERE_YET = 10
#: Seconds after a change of addons within which this process reloads them: until then
#: an attempt is not counted, and is repeated soon at first.
_FRESH = 600


class _RowOnly:
    """Placeholder for the Job of a row that cannot be loaded."""

    def __init__(self, hand, leased):
        self.lease = (hand, leased)

    def __repr__(self):
        return f"<Job {self.lease[1].uuid}>"


def cannot_load(env, hand, leased, error: Exception) -> None:
    """Handle a row that cannot be loaded.

    If the database knows the model, or the arguments were stored by a newer version of
    this addon, this process may only be behind an update: retry later, which is not
    counted as long as the update is recent. Otherwise fail, naming what is missing.
    """
    job = _RowOnly(hand, leased)
    row = leased.row
    env.cr.rollback()
    outcome.begin(env, hand, leased)
    raised = fate.raised_by(error)
    gone = _what_is_gone(env, row)
    told = f"{text.name_of(raised)}: {text.text_of(raised)}"
    message = f"This job cannot be run: {gone or told}"
    info = message if gone else f"{message}\n\n{text.traceback_text(raised)}"
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
                with outcome.deciding(env, job):
                    env.cr.execute(
                        sql.PUT_OFF,
                        {
                            "id": leased.id,
                            "seconds": min(max(1, age // 6), _NOT_HERE_YET),
                            "tries": 0 if is_fresh else 1,
                            "result": message,
                        },
                    )
                return
        _logger.error("Job failed: job=%s error=%s", job, message)
        with fate.job_code(), outcome.deciding(env, job) as own_env:
            record = own_env["queue.job"].sudo().browse(leased.id)
            record.write({"state": "failed", "retry": retry, **values})
    except LeaseLost:
        outcome.lost(env, job)
    except Exception as problem:
        if outcome.is_broken(env):
            raise
        _logger.error(
            "Cannot store a failure in the usual way: job=%s\n%s",
            job,
            text.traceback_text(fate.raised_by(problem)),
        )
        outcome.fail_row(env, job, leased, values, retry)


def _what_is_gone(env, row: dict) -> str | None:
    """Return which part of the code is missing, None if it is complete."""
    model = row["model_name"]
    if model and model not in env.registry:
        return f"the model {model} does not exist"
    if model and not hasattr(env.registry[model], row["method_name"] or ""):
        return f"{model} has no method {row['method_name']}"
    return None


def _is_to_come(env, row: dict, error: Exception) -> bool:
    if isinstance(error, NewerDocumentError):
        return True
    if not isinstance(error, KeyError) or row["model_name"] in env.registry:
        return False
    env.cr.execute("SELECT 1 FROM ir_model WHERE model = %s", (row["model_name"],))
    return bool(env.cr.rowcount)


def _age_of_last_change(env) -> float:
    env.cr.execute(sql.SECONDS_SINCE_ADDONS_CHANGED)
    return env.cr.fetchone()[0]
