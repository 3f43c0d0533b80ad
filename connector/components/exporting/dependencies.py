"""Export the dependencies of a record before the record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from psycopg2 import errorcodes

from odoo import models

from ...exception import RetryableJobError
from ..binding.external_id import known_external_id


class ExportDependenciesMixin:
    """Part of the generic exporter: bind and export the records of a relation."""

    def _export_dependency(
        self,
        relation: models.BaseModel,
        binding_model: str,
        component_usage: str = "record.exporter",
        binding_field: str | None = None,
        binding_extra_vals: dict[str, Any] | None = None,
    ) -> None:
        """Export a record that ours refers to, unless it is already exported.

        Call it only from ``_export_dependencies``: its exporter may commit.

        :param relation: record of a regular model, or of ``binding_model``
        :param binding_model: binding model of the record; a binding is created if there
            is none
        :param component_usage: usage of the exporter
        :param binding_field: field of the record that lists its bindings; a record
            without this field is considered its own binding
        :param binding_extra_vals: additional values of a new binding
        :raises RetryableJobError: another job is creating the binding
        """
        if not relation:
            return
        binding_field = binding_field or self._default_binding_field
        binder = self.binder_for(binding_model)
        wrap = relation._name != binding_model
        if wrap and (not binding_field or hasattr(relation, binding_field)):
            binding = self._get_or_create_binding(
                relation, binding_model, binder, binding_extra_vals
            )
        else:
            binding = relation
        if known_external_id(binder, binding) is None:
            exporter = self.component(usage=component_usage, model_name=binding_model)
            exporter.run(binding)

    def _get_or_create_binding(self, record, binding_model, binder, extra_vals):
        values = {binder._backend_field: self.backend_record.id}
        values[binder._odoo_field] = record.id
        model = self.env[binding_model]
        binding = model.with_context(active_test=False).search(
            [(name, "=", value) for name, value in values.items()]
        )
        if len(binding) > 1:
            raise ValueError(
                self.env._(
                    "%(record)s has several bindings for %(backend)s: %(bindings)s. "
                    "Delete the incorrect ones.",
                    record=record,
                    backend=self.backend_record,
                    bindings=binding,
                )
            )
        if binding:
            return binding.with_env(self.env)
        # Prevents two jobs from binding the same record, until one has committed, even
        # without a constraint in the database.
        self.advisory_lock_or_retry(
            f"bind({self.backend_record._name}, {self.backend_record.id}, "
            f"{binding_model}, {record.id})"
        )
        with self._retry_unique_violation():
            binding = (
                model.with_context(connector_no_export=True)
                .sudo()
                .create({**values, **(extra_vals or {})})
                .with_env(self.env)
            )
        self._commit()
        return binding

    @contextmanager
    def _retry_unique_violation(self) -> Iterator[None]:
        """Retry the job if another job has created the record in the meantime.

        Example::

            with self._retry_unique_violation():
                binding = self.env["x.res.partner"].create(values)

        :raises RetryableJobError: a unique constraint is violated
        """
        try:
            with self.env.cr.savepoint():
                yield
        except psycopg2.IntegrityError as error:
            if error.pgcode != errorcodes.UNIQUE_VIOLATION:
                raise
            raise RetryableJobError(
                self.env._(
                    "Another job created the same record at the same time. The job "
                    "will be retried."
                )
            ) from error
