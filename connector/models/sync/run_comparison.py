"""Runs that compare the IDs of a list with those of bindings."""

from __future__ import annotations

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...flow import Flow
from .run import OPEN_RUN


class ConnectorSyncRun(models.Model):
    """Runs that find the records deleted in the external system.

    Such a run first reads the list: each page stores its IDs in its own counters. When
    all pages are read, and only then, the missing records are looked up and handled.
    """

    _inherit = "connector.sync.run"

    compare_ids = fields.Boolean(
        readonly=True, help="Read only IDs, to find deleted records."
    )
    comparison = fields.Selection(
        [
            ("comparing", "Comparing"),
            ("limited", "To Confirm"),
            ("confirmed", "Confirmed"),
            ("done", "Done"),
            ("discarded", "Discarded"),
        ],
        readonly=True,
        copy=False,
        help="Progress of the search for deleted records, which starts when the list "
        "is completely read.",
    )

    def _comparing_flow(self) -> Flow:
        """Return the declaration of the flow, or its defaults if it is gone."""
        return self._declared_flow() or Flow("", "", "import", self.model)

    def _begin_comparison(self) -> bool:
        """Look up the missing records in a job; return whether this was to be done.

        Called when all jobs of the run are done.
        """
        if not self.compare_ids or self.comparison or not self._has_read_list():
            return False
        self.comparison = "comparing"
        self._delay_deletions()
        return True

    def _has_read_list(self) -> bool:
        """Whether at least one page was read, and all requested ones."""
        return self._missing_pages() == 0 and any(self.counter_ids.mapped("pages_read"))

    def _delay_deletions(self) -> None:
        asker = self.create_uid
        env = self.with_user(asker).with_context(lang=asker.lang).env
        backend = self._backend_of_jobs(env)
        backend.env[self.model].with_delay(
            description=self.env._("Compare the IDs of %s", self.model_label)
        ).apply_deletions(backend)

    def _end_comparison(self) -> None:
        """Drop the IDs when all jobs of a comparison are done."""
        if self.comparison in ("comparing", "confirmed"):
            self._drop_listed_ids("done")

    def _discard_earlier_comparisons(self) -> None:
        """Drop the IDs of earlier runs of the flow, whose lists are outdated."""
        earlier = self.search(
            [
                *self._same_model(),
                ("flow", "=", self.flow),
                ("compare_ids", "=", True),
                ("comparison", "not in", ("done", "discarded")),
                ("state", "not in", OPEN_RUN),
                ("id", "<", self.id),
            ]
        )
        earlier._drop_listed_ids("discarded")

    def _drop_listed_ids(self, comparison: str) -> None:
        self.comparison = comparison
        counters = self.env["connector.sync.counter"]
        counters.flush_model(["run_id", "listed_ids"])
        self.env.cr.execute(
            SQL(
                "UPDATE connector_sync_counter SET listed_ids = NULL"
                " WHERE run_id = ANY(%s) AND listed_ids IS NOT NULL",
                self.ids,
            )
        )
        counters.invalidate_model(["listed_ids"], flush=False)

    # -- called by jobs

    def _note_listed(self, external_ids: list[str]) -> None:
        """Store the IDs of a page in this job's own row."""
        if external_ids and not self.comparison:
            self.env["connector.sync.counter"].create(
                {"run_id": self.id, "listed_ids": external_ids}
            )

    # -- the message and the button

    def _limit_message(self) -> str:
        """Explain why nothing was deleted."""
        names = {
            "missing": self.missing,
            "compared": self.compared,
            "backend": self.backend_ref.display_name,
            "limit": f"{self._comparing_flow().delete_limit:g}",
        }
        if not self.seen:
            return self.env._(
                "%(backend)s returned an empty list, but %(compared)s records are "
                "bound. Nothing was deleted in Odoo. Check the account and the list: "
                "if the records were deleted in %(backend)s, click Delete Anyway, "
                "otherwise run the flow again.",
                **names,
            )
        return self.env._(
            "%(missing)s of %(compared)s records are missing in the list of "
            "%(backend)s, more than the limit of %(limit)s %%. Nothing was deleted in "
            "Odoo. If the records were deleted in %(backend)s, click Delete Anyway, "
            "otherwise run the flow again.",
            **names,
        )

    def _comparison_message(self) -> str:
        if not self.comparison:
            return self.env._(
                "No record was compared, as the list was not completely read."
            )
        return self.env._(
            "%(seen)s IDs listed, %(compared)s records compared: %(missing)s missing, "
            "%(deleted)s deleted.",
            seen=self.seen,
            compared=self.compared,
            missing=self.missing,
            deleted=self.deleted,
        )

    def action_delete_anyway(self) -> None:
        """Handle all missing records as deleted, although they exceed the limit.

        :raise UserError: the run does not wait for it (any more)
        """
        self.ensure_one()
        self.backend_ref.check_access("write")
        if self.comparison != "limited":
            raise UserError(
                self.env._(
                    "This run does not wait for a confirmation: start the flow again "
                    "to compare the current list."
                )
            )
        run = self.sudo()
        run.write({"comparison": "confirmed", "state": "running", "date_done": False})
        run._delay_deletions()
