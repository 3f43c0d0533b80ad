"""Stores jobs in the table ``queue_job``."""

from . import bulk, plain, twins
from .concurrency import concurrency_values
from .states import WAITING_STATES
from .text import MOST_OF_LINE, MOST_OF_TEXT, result_text, storable, text_of

#: Values that may change: the attribute of Job and the field have the same name.
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

#: Texts about what the job raised, and the maximum number of characters kept.
TEXTS = {
    "exc_name": MOST_OF_LINE,
    "exc_message": MOST_OF_LINE,
    "exc_info": MOST_OF_TEXT,
}

#: Values written only once, when the row is created.
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
    """The part of a job that writes its row."""

    def job_record_with_same_identity_key(self):
        """Return the record of a waiting job with the same key, in sudo, or empty."""
        model = self.env["queue.job"].sudo()
        model.flush_model(["identity_key", "state"])
        self.env.cr.execute("SELECT queue_job_waiting(%s)", (self.identity_key,))
        return model.browse(row[0] for row in self.env.cr.fetchall())

    def store(self) -> None:
        """Write the job to the database: create its row, or update it.

        In an existing row only what the job changed since it was loaded is written, so
        that edits by users in the meantime are kept.
        """
        if not self.update():
            self._record_id = None
            bulk.store_new([self])

    def update(self) -> bool:
        """Update the job's row as :meth:`store` does; return False, and create nothing,
        if it does not exist: deleted, or not committed by another cursor."""
        record = self.env["queue.job"].sudo().browse(self._record_id)
        if not self._record_id and self._may_be_stored:
            record = self.db_record()
        return bool(record) and self._update(record)

    def _update(self, record) -> bool:
        """Update the row; return False if it no longer exists."""
        values = self._store_values()
        known = self._stored_values or {}
        if self._stored_values is not None and not self._links_changed:
            del values["dependencies"]
        core = self._following_values()
        for name, value in core.items():
            # the state is always written: other addons react to it
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
        """Return the values that may change during the job's life, as field values."""
        values = {name: getattr(self, name) or False for name in _FOLLOWING}
        values["priority"] = self.priority
        values["retry"] = self.retry
        values["max_retries"] = self.max_retries
        values["result"] = result_text(self.result, self.lang) or False
        for name, most in TEXTS.items():
            if value := getattr(self, name):
                values[name] = text_of(value, most, self.lang)
        return values

    def _store_values(self, create=False) -> dict:
        """Return the field values to write, with ``create`` also those of a new row."""
        values = self._following_values()
        values["dependencies"] = self._dependencies_value()
        if create:
            values.update(
                {
                    "user_id": self.env.uid,
                    "channel": self.channel,
                    "uuid": self.uuid,
                    "name": text_of(self.description, lang=self.lang),
                    "func_string": storable(self.func_string, MOST_OF_TEXT),
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
        """Return the values that the job's model adds to its row.

        The hook of the method, ``_job_store_values_for_<method>``, takes precedence
        over the general one, ``_job_store_values``.
        """
        values = dict(self.recordset._job_store_values(self) or {})
        specific = getattr(
            self.recordset, f"_job_store_values_for_{self.method_name}", None
        )
        if specific is not None:
            values.update(specific(self) or {})
        return values

    def add_lock_record(self) -> None:
        """Create the job's row in ``queue_job_lock`` if it does not exist."""
        self.env.cr.execute(
            """
            INSERT INTO queue_job_lock (id, queue_job_id)
            SELECT id, id FROM queue_job WHERE uuid = %s
            ON CONFLICT (id) DO NOTHING
            """,
            (self.uuid,),
        )

    def lock(self) -> bool:
        """Lock the job's row in ``queue_job_lock``; return False if not possible."""
        self.env["queue.job"].flush_model(["state"])
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
    """Write ``values`` with SQL: see :mod:`.plain` for when that is equivalent."""
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
