"""Jobs to and from the table ``queue_job``."""

import json
from collections.abc import Iterable

from ..exception import NoSuchJobError
from . import bulk, plain, twins
from .concurrency import concurrency_values
from .states import WAITING_STATES

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
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM queue_job WHERE uuid = ANY(%s)"

#: Values that follow the job all its life: attribute of Job and field are one name.
_FOLLOWING = (
    "state",
    "priority",
    "retry",
    "max_retries",
    "exc_name",
    "exc_message",
    "exc_info",
    "company_id",
    "date_enqueued",
    "date_started",
    "date_done",
    "exec_time",
    "date_cancelled",
    "eta",
    "identity_key",
    "worker_pid",
    "graph_uuid",
)

#: Values written once, when the row is made.
_BIRTH_VALUES = {
    "user_id",
    "channel",
    "uuid",
    "name",
    "func_string",
    "date_created",
    "model_name",
    "method_name",
    "job_function_id",
    "channel_method_name",
    "records",
    "args",
    "kwargs",
}


class JobStorage:
    """The part of a job that reads and writes its row."""

    @classmethod
    def load(cls, env, job_uuid: str):
        """Return the stored job.

        :raises NoSuchJobError: when there is none (any more)
        :raises KeyError: when its model is gone
        :raises AttributeError: when its method is gone
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
        recordset = job_fields["records"]._decode(values["records"], env)
        method = getattr(recordset, values["method_name"])
        job = cls(
            method,
            args=job_fields["args"]._decode(values["args"], env),
            kwargs=job_fields["kwargs"]._decode(values["kwargs"], env),
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

    def job_record_with_same_identity_key(self):
        """Return the record of a waiting job with the same key, in sudo, or empty."""
        model = self.env["queue.job"].sudo()
        model.flush_model(["identity_key", "state"])
        self.env.cr.execute("SELECT queue_job_waiting(%s)", (self.identity_key,))
        return model.browse(row[0] for row in self.env.cr.fetchall())

    def store(self) -> None:
        """Write the job to the database: its row is made, or brought up to date.

        Of an existing row only what the job changed since it was loaded is written,
        so that what people edited meanwhile stays.
        """
        record = self.env["queue.job"].sudo().browse(self._record_id)
        if not self._record_id and self._may_be_stored:
            record = self.db_record()
        if not record or not self._update(record):
            self._record_id = None
            bulk.store_new([self])

    def _update(self, record) -> bool:
        """Bring the row up to date; False when it is gone."""
        values = self._store_values()
        known = self._stored_values or {}
        if self._stored_values is not None and not self._links_changed:
            del values["dependencies"]
        core = self._following_values()
        for name, value in core.items():
            # the state is always told: others watch for it
            if name in known and known[name] == value and name != "state":
                values.pop(name, None)
        if self._waits_again(known):
            if twins.give_way(self, record):
                return True
            values["superseded_by"] = False
        if plain.job_is_plain(type(self)) and plain.write_is_plain(record, values):
            if not _update_row(record, values):
                return False
        elif record.exists():
            record.with_context(_job_edit_sentinel=record.EDIT_SENTINEL).write(values)
        else:
            return False
        self._record_id = record.id
        self._stored_values = core
        self._links_changed = False
        return True

    def _waits_again(self, known: dict) -> bool:
        return (
            bool(self.identity_key)
            and self.state in WAITING_STATES
            and known.get("state") not in WAITING_STATES
        )

    def _following_values(self) -> dict:
        """Return what changes during the job's life, as field values."""
        values = {name: getattr(self, name) or False for name in _FOLLOWING}
        values["priority"] = self.priority
        values["retry"] = self.retry
        values["max_retries"] = self.max_retries
        values["result"] = str(self.result) if self.result else False
        if self.exc_message:
            values["exc_message"] = str(self.exc_message)
        return values

    def _store_values(self, create=False) -> dict:
        """Return the field values to write, with ``create`` those of birth too."""
        values = self._following_values()
        values["dependencies"] = self._dependencies_value()
        if create:
            values.update(
                {
                    "user_id": self.env.uid,
                    "channel": self.channel,
                    "uuid": self.uuid,
                    "name": self.description,
                    "func_string": self.func_string,
                    "date_created": self.date_created,
                    "model_name": self.recordset._name,
                    "method_name": self.method_name,
                    "job_function_id": self.job_config.job_function_id,
                    "channel_method_name": self.job_function_name,
                    "records": self.recordset,
                    "args": self._args,
                    "kwargs": self._kwargs,
                }
            )
            values.update(concurrency_values(self))
        for name, value in self._store_values_from_model().items():
            if name not in _BIRTH_VALUES:
                values.setdefault(name, value)
        return values

    def _store_values_from_model(self) -> dict:
        """Return the values which the job's model adds to its row.

        The hook of the method, ``_job_store_values_for_<method>``, wins over the
        general one, ``_job_store_values``.
        """
        values = dict(self.recordset._job_store_values(self) or {})
        specific = getattr(
            self.recordset, f"_job_store_values_for_{self.method_name}", None
        )
        if specific is not None:
            values.update(specific(self) or {})
        return values

    def add_lock_record(self) -> None:
        """Make sure that the job has its row in ``queue_job_lock``."""
        self.env.cr.execute(
            """
            INSERT INTO queue_job_lock (id, queue_job_id)
            SELECT id, id FROM queue_job WHERE uuid = %s
            ON CONFLICT (id) DO NOTHING
            """,
            (self.uuid,),
        )

    def lock(self) -> bool:
        """Lock the job's row in ``queue_job_lock``; False when it is not to be had."""
        self.env.cr.execute(
            """
            SELECT lock.id
              FROM queue_job_lock lock
              JOIN queue_job job ON job.id = lock.queue_job_id
             WHERE job.uuid = %s AND job.state = 'started'
               FOR NO KEY UPDATE OF lock SKIP LOCKED
            """,
            (self.uuid,),
        )
        return bool(self.env.cr.fetchall())


def _update_row(record, values: dict) -> bool:
    """Write ``values`` past the ORM: see :mod:`.plain` for when that is the same."""
    names = list(values)
    record.flush_recordset(names)
    assignments = ", ".join(f'"{name}" = %s' for name in names)
    columns = [
        record._fields[name].convert_to_column_insert(values[name], record)
        for name in names
    ]
    record.env.cr.execute(
        f"UPDATE queue_job SET {assignments} WHERE id = %s", [*columns, record.id]
    )
    found = bool(record.env.cr.rowcount)
    record.modified(names)
    record.invalidate_recordset(names, flush=False)
    return found
