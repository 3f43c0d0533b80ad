"""Loads jobs from the table ``queue_job``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..exception import NoSuchJobError, UndecodableJobError
from . import sql
from .fields import LOADED_COLUMNS, RESTORED

if TYPE_CHECKING:
    from odoo.api import Environment
    from odoo.models import BaseModel

#: Errors of loading a job: its model or method does not exist, or its arguments cannot
#: be decoded.
LOADING_ERRORS = (KeyError, AttributeError, TypeError, UndecodableJobError)


class JobLoading:
    """The part of a job that loads it from its row."""

    @classmethod
    def load(cls, env: Environment, job_uuid: str) -> Any:
        """Return the stored job.

        :raises NoSuchJobError: if it does not exist
        :raises KeyError: if its model does not exist
        :raises AttributeError: if its method does not exist
        :raises UndecodableJobError: if its arguments cannot be decoded
        """
        for values in cls._select(env, [job_uuid]):
            return cls._load_from_values(env, values)
        raise NoSuchJobError(f"Job {job_uuid} does not exist")

    @classmethod
    def load_many(cls, env: Environment, job_uuids: Iterable[str]) -> set:
        """Return the stored jobs of these uuids, without unknown ones."""
        rows = cls._select(env, list(job_uuids))
        return {cls._load_from_values(env, values) for values in rows}

    @staticmethod
    def _select(env, job_uuids: list[str]) -> list[dict]:
        env["queue.job"].flush_model()
        env.cr.execute(sql.SELECT, (job_uuids,))
        return [
            dict(zip(LOADED_COLUMNS, row, strict=True)) for row in env.cr.fetchall()
        ]

    @classmethod
    def _load_from_db_record(cls, job_db_record):
        """Return the job of a ``queue.job`` record."""
        return cls.load(job_db_record.env, job_db_record.uuid)

    @classmethod
    def _load_from_values(cls, env, values: dict):
        """Return the job of a row: ``values`` by column, all of LOADED_COLUMNS."""
        job_fields = env["queue.job"]._fields
        recordset = job_fields["records"].decode(values["records"], env)
        method = getattr(recordset, values["method_name"])
        args = job_fields["args"].decode(values["args"], env)
        kwargs = job_fields["kwargs"].decode(values["kwargs"], env)
        if not isinstance(args, list) or not isinstance(kwargs, dict):
            raise UndecodableJobError(
                "The stored arguments of the job are not a list and a dict"
            )
        job = cls(method, args=args, kwargs=kwargs, job_uuid=values["uuid"])  # type: ignore[call-arg]
        for field in RESTORED:
            field.restore(job, values[field.name])
        links = json.loads(values["dependencies"] or "{}")
        job._depends_on_uuids = links.get("depends_on") or []
        job._reverse_depends_on_uuids = links.get("reverse_depends_on") or []
        job._record_id = values["id"]
        job._stored_values = job._following_values()
        return job

    @staticmethod
    def db_records_from_uuids(env: Environment, job_uuids: Iterable[str]) -> BaseModel:
        """Return the ``queue.job`` records of these uuids, in sudo."""
        return env["queue.job"].sudo().search([("uuid", "in", tuple(job_uuids))])

    def db_record(self) -> BaseModel:
        """Return the job's record in sudo, empty if it is not stored."""
        return self.db_records_from_uuids(self.env, [self.uuid])
