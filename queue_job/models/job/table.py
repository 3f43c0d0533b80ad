"""The table of jobs: its indexes, and which other code takes part in its writes."""

from __future__ import annotations

from typing import NamedTuple

from odoo import models, tools

from ...engine.schema import uniqueness
from ..part import Part


class StoringSettings(NamedTuple):
    """Facts that decide whether rows may be written with SQL."""

    #: fields of other addons need the ORM when a row is created
    foreign_fields: bool
    #: stored values or constraints depend on the fields of a job
    foreign_dependents: bool
    #: column values of fields with a default that jobs do not set
    defaults: dict
    #: one2many fields of other models that list jobs
    inverse_fields: tuple


class JobTable(Part):
    _name = "queue.job"
    _register = False

    _identity_key_state_partial_index = models.Index(
        "(identity_key) WHERE state IN ('pending', 'enqueued', 'wait_dependencies') "
        "AND identity_key IS NOT NULL"
    )
    _channel_date_done_date_created_index = models.Index(
        "(channel, date_done, date_created)"
    )

    def init(self) -> None:
        """Create the unique index on identity keys, resolving duplicates first."""
        super().init()
        cr = self.env.cr
        cr.execute(uniqueness.CREATE_LOOKUP)
        cr.execute(uniqueness.CREATE_TRIGGERS)
        if tools.sql.index_exists(cr, uniqueness.UNIQUE_INDEX):
            return
        uniqueness.cancel_waiting_duplicates(cr)
        cr.execute(uniqueness.CREATE_UNIQUE_INDEX)

    def _neutral_addons(self) -> set[str]:
        """Return addons whose overrides of create and write do not affect jobs.

        Rows are written with SQL as long as no other addon overrides them.
        """
        return set()

    @tools.ormcache()
    def _storing_settings(self):
        """Return the storing settings of this table."""
        return StoringSettings(
            foreign_fields=self._has_foreign_fields(),
            foreign_dependents=self._is_watched()
            or self._has_stored_dependents(self._fields.values()),
            defaults=self._own_defaults(),
            inverse_fields=self._inverse_fields(),
        )

    def _has_foreign_fields(self) -> bool:
        """Tell whether fields of other addons need the ORM when a row is created."""
        return self._is_watched() or any(
            self._is_foreign(field)
            and field.store
            and (field.default or field.compute or field.required or field.inverse)
            for field in self._fields.values()
        )

    def _is_watched(self) -> bool:
        """Tell whether constraints or stored values of other models read whole rows."""
        neutral = ("odoo.addons.queue_job.", "odoo.addons.mail.", "odoo.orm.")
        return any(
            not method.__module__.startswith(neutral)
            for method in self._constraint_methods
        ) or self._has_stored_dependents(self._inverse_fields())

    def _has_stored_dependents(self, fields_) -> bool:
        return any(
            dependent.store
            for field in fields_
            for dependent in self.pool.get_dependent_fields(field)
        )

    def _inverse_fields(self) -> tuple:
        return tuple(
            inverse
            for field in self._fields.values()
            if field.type == "many2one"
            for inverse in self.pool.field_inverses[field]
        )

    def _is_foreign(self, field) -> bool:
        return not set(field._modules) <= {"queue_job", "mail", "base"}

    def _own_defaults(self) -> dict:
        return {
            name: field.convert_to_column_insert(field.default(self), self)
            for name, field in self._fields.items()
            if field.default
            and field.store
            and field.column_type
            and not self._is_foreign(field)
        }
