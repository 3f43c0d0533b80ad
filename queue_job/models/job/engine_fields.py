"""Columns that the engine writes on jobs, and the indexes it searches."""

from __future__ import annotations

from odoo import fields, models

from ...engine.schema import triggers
from ...engine.sql.conditions import CHANNEL, READY, WAITS_FOR_ETA, WILL_RUN
from ..part import Part


class JobEngineFields(Part):
    _name = "queue.job"
    _register = False

    lease_id = fields.Integer(
        readonly=True,
        copy=False,
        help="Lease under which a worker runs the job.",
    )
    eta_passed = fields.Boolean(
        string="ETA Passed",
        readonly=True,
        copy=False,
        help="The earliest start time has passed.",
    )
    release_due = fields.Boolean(
        readonly=True,
        copy=False,
        help="The job is done, but its dependents have not been released yet.",
    )
    worker_deaths = fields.Integer(
        string="Lost Workers",
        readonly=True,
        copy=False,
        help="Number of workers that were lost while running this job.",
    )
    death_reason = fields.Char(
        string="Loss Reason",
        readonly=True,
        copy=False,
        help="Why the last of these workers was lost.",
    )
    concurrency_key = fields.Char(
        copy=False,
        help="Jobs with the same key run concurrently only up to their concurrency "
        "limit.",
    )
    concurrency_limit = fields.Integer(copy=False)

    _ready_index = models.Index(
        f"({CHANNEL}, priority, date_created, id) WHERE {READY}"
    )
    _ready_key_index = models.Index(
        f"({CHANNEL}, concurrency_key, priority, date_created, id) WHERE {READY}"
    )
    _eta_index = models.Index(f"(eta) WHERE {WAITS_FOR_ETA}")
    _eta_order_index = models.Index(
        f"({CHANNEL}, priority, date_created, id) WHERE {WAITS_FOR_ETA}"
    )
    _failed_index = models.Index(f"({CHANNEL}, date_failed) WHERE state = 'failed'")
    _cancelled_index = models.Index(
        f"({CHANNEL}, date_cancelled) WHERE state = 'cancelled'"
    )
    _lease_index = models.Index("(lease_id) WHERE lease_id IS NOT NULL")
    _death_reason_index = models.Index("(death_reason) WHERE death_reason IS NOT NULL")
    _graph_open_index = models.Index(
        f"(graph_uuid) WHERE graph_uuid IS NOT NULL AND {WILL_RUN}"
    )
    _release_index = models.Index("(id) WHERE release_due")

    def init(self) -> None:
        """Create the triggers, replacing those of another job runner."""
        super().init()
        self.env.cr.execute(triggers.TRIGGERS)
