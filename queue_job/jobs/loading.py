"""Jobs from the table ``queue_job``."""

import json
from collections.abc import Iterable

from ..exception import NoSuchJobError, UndecodableJobError

#: Columns a job is loaded from.
_COLUMNS = (
    "id",
    "uuid",
    "graph_uuid",
    "name",
    "model_name",
    "method_name",
    "records",
    "args",
    "kwargs",
    "dependencies",
    "state",
    "priority",
    "exc_name",
    "exc_message",
    "exc_info",
    "result",
    "date_created",
    "date_started",
    "date_enqueued",
    "date_done",
    "date_cancelled",
    "exec_time",
    "eta",
    "retry",
    "max_retries",
    "channel",
    "identity_key",
    "worker_pid",
    "company_id",
)
#: What keeps a row from making a Job: what it calls is gone, its arguments cannot be
#: read.
LOADING_ERRORS = (KeyError, AttributeError, TypeError, UndecodableJobError)

_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM queue_job WHERE uuid = ANY(%s)"


class JobLoading:
    """The part of a job that is made from its row."""

    @classmethod
    def load(cls, env, job_uuid: str):
        """Return the stored job.

        :raises NoSuchJobError: when there is none (any more)
        :raises KeyError: when its model is gone
        :raises AttributeError: when its method is gone
        :raises UndecodableJobError: when its arguments cannot be read otherwise
        """
        for values in cls._select(env, [job_uuid]):
            return cls._load_from_values(env, values)
        raise NoSuchJobError(f"Job {job_uuid} does no longer exist in the storage.")

    @classmethod
    def load_many(cls, env, job_uuids: Iterable[str]) -> set:
        """Return the stored jobs of these uuids; unknown ones are left out."""
        rows = cls._select(env, list(job_uuids))
        return {cls._load_from_values(env, values) for values in rows}

    @staticmethod
    def _select(env, job_uuids: list[str]) -> list[dict]:
        env["queue.job"].flush_model()
        env.cr.execute(_SELECT, (job_uuids,))
        return [dict(zip(_COLUMNS, row, strict=True)) for row in env.cr.fetchall()]

    @classmethod
    def _load_from_db_record(cls, job_db_record):
        """Return the job of a ``queue.job`` record."""
        return cls.load(job_db_record.env, job_db_record.uuid)

    @classmethod
    def _load_from_values(cls, env, values: dict):
        """Return the job of a row: ``values`` has a key for each of ``_COLUMNS``."""
        job_fields = env["queue.job"]._fields
        recordset = job_fields["records"].decode(values["records"], env)
        method = getattr(recordset, values["method_name"])
        args = job_fields["args"].decode(values["args"], env)
        kwargs = job_fields["kwargs"].decode(values["kwargs"], env)
        if not isinstance(args, list) or not isinstance(kwargs, dict):
            raise UndecodableJobError(
                "The arguments of the job are not a list and a dict"
            )
        job = cls(
            method,
            args=args,
            kwargs=kwargs,
            priority=values["priority"],
            eta=values["eta"],
            job_uuid=values["uuid"],
            description=values["name"],
            channel=values["channel"],
            identity_key=values["identity_key"],
        )
        if values["date_created"]:
            job.date_created = values["date_created"]
        for name in (
            "state",
            "graph_uuid",
            "result",
            "exc_name",
            "exc_message",
            "exc_info",
            "date_enqueued",
            "date_started",
            "date_done",
            "date_cancelled",
        ):
            setattr(job, name, values[name])
        job.retry = values["retry"] or 0
        job.max_retries = values["max_retries"] or 0
        job.company_id = values["company_id"] or None
        job.worker_pid = values["worker_pid"] or None
        links = json.loads(values["dependencies"] or "{}")
        job._depends_on_uuids = links.get("depends_on") or []
        job._reverse_depends_on_uuids = links.get("reverse_depends_on") or []
        job._record_id = values["id"]
        job._stored_values = job._following_values()
        return job

    @staticmethod
    def db_records_from_uuids(env, job_uuids: Iterable[str]):
        """Return the ``queue.job`` records of these uuids, in sudo."""
        return env["queue.job"].sudo().search([("uuid", "in", tuple(job_uuids))])

    def db_record(self):
        """Return the job's record in sudo, empty when it is not stored."""
        return self.db_records_from_uuids(self.env, [self.uuid])
