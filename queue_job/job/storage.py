"""Stores jobs in the table ``queue_job``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import enqueue, orm_bypass, sql, uniqueness
from .fields import CHANGING, FIXED, FIXED_NAMES
from .states import WAITING_STATES

if TYPE_CHECKING:
    from odoo.models import BaseModel


class JobStorage:
    """The part of a job that writes its row."""

    def job_record_with_same_identity_key(self) -> BaseModel:
        """Return the record of a waiting job with the same key, in sudo, or empty."""
        model = self.env["queue.job"].sudo()
        model.flush_model(["identity_key", "state"])
        self.env.cr.execute(sql.SELECT_WAITING, (self.identity_key,))
        return model.browse(row[0] for row in self.env.cr.fetchall())

    def store(self) -> None:
        """Write the job to the database: create its row, or update it.

        In an existing row only what the job changed since it was loaded is written, so
        that edits by users in the meantime are kept.
        """
        if not self.update():
            self._record_id = None
            enqueue.store_new([self])

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
        if self._stored_values is not None and not self._dependencies_changed:
            del values["dependencies"]
        core = self._following_values()
        for name, value in core.items():
            # the state is always written: other addons react to it
            if name in known and known[name] == value and name != "state":
                values.pop(name, None)
        if self._waits_again(known):
            if uniqueness.cancel_if_superseded(self, record):
                return True
            values["superseded_by"] = False
        if orm_bypass.stores_own_values(type(self)) and orm_bypass.can_update_with_sql(
            record, values
        ):
            if not _update_row(record, values):
                return False
        elif record.exists():
            record.with_context(_job_edit_sentinel=record.EDIT_SENTINEL).write(values)
        else:
            return False
        self._record_id = record.id
        self._stored_values = core
        self._dependencies_changed = False
        return True

    def _waits_again(self, known: dict) -> bool:
        return (
            bool(self.identity_key)
            and self.state in WAITING_STATES
            and known.get("state") not in WAITING_STATES
        )

    def _following_values(self) -> dict:
        """Return the values that may change during the job's life, as field values."""
        return {field.name: field.value(self) for field in CHANGING}

    def _store_values(self, create=False) -> dict:
        """Return the field values to write, with ``create`` the fixed ones too."""
        values = self._following_values()
        values["dependencies"] = self._dependencies_value()
        if create:
            for field in FIXED:
                # missing values get the default of their column
                if (value := field.value(self)) is not False:
                    values[field.name] = value
        for name, value in self._store_values_from_model().items():
            if name not in FIXED_NAMES:
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
        self.env.cr.execute(sql.INSERT_LOCK, (self.uuid,))

    def lock(self) -> bool:
        """Lock the job's row in ``queue_job_lock``; return False if not possible."""
        self.env["queue.job"].flush_model(["state"])
        self.env.cr.execute(sql.LOCK_STARTED, (self.uuid,))
        return bool(self.env.cr.fetchall())


def _update_row(record, values: dict) -> bool:
    """Write ``values`` with SQL; :mod:`.orm_bypass` says when that is equivalent."""
    names = list(values)
    record.flush_recordset(names)
    assignments = ", ".join(f'"{name}" = %s' for name in names)
    columns = [
        record._fields[name].convert_to_column_insert(values[name], record)
        for name in names
    ]
    record.env.cr.execute(
        sql.UPDATE.format(assignments=assignments), [*columns, record.id]
    )
    found = bool(record.env.cr.rowcount)
    record.modified(names)
    record.invalidate_recordset(names, flush=False)
    return found
