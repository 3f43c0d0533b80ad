"""The messages of a run: its request, what it is waiting for, its result."""

from collections import defaultdict
from typing import Any

from odoo import api, fields, models

_REASONS_SHOWN = 3
_LONGEST_REASON = 300


class ConnectorSyncRun(models.Model):
    """The messages of a run.

    They are not stored: each user reads them in their own language, and resolved
    failures are no longer shown.
    """

    _inherit = "connector.sync.run"

    window = fields.Char(
        "Requested Records",
        compute="_compute_window",
        help="Records that this synchronization covers.",
    )
    message = fields.Text(
        compute="_compute_message",
        help="Result of the synchronization, or why it is waiting.",
    )

    # -- the request

    @api.depends("filters", "since", "full")
    @api.depends_context("lang")
    def _compute_window(self):
        for run in self:
            run.window = run._window()

    def _window(self) -> str:
        filters = self.filters or {}
        if not isinstance(filters, dict):
            return str(filters)
        since = self.since
        parts = [
            f"{name}: {self._format_value(value)}"
            for name, value in filters.items()
            if name != since
        ]
        if since and since in filters:
            parts.insert(0, self.env._("changes since %s", filters[since]))
        parts = parts or [self.env._("all records")]
        if self.compare_ids:
            parts.append(self.env._("only their IDs, to find deleted records"))
        if self.full:
            parts.append(self.env._("including unchanged records"))
        return ", ".join(parts)

    def _format_value(self, value: Any) -> str:
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

    # -- state and result

    @api.depends(
        "state",
        "queued",
        "comparison",
        "filters",
        "incomplete_reason",
        "counter_ids",
        "line_ids.resolved",
        "line_ids.dismissed",
    )
    @api.depends_context("lang")
    def _compute_message(self):
        reasons = self._reasons()
        for run in self:
            if run.queued:
                run.message = self.env._(
                    "Queued: starts when the previous synchronization of the same "
                    "records has finished."
                )
            elif run.state == "pending":
                run.message = run._hold_message() or self.env._(
                    "Waiting for a free worker."
                )
            elif run.state == "running":
                run.message = run._hold_message()
            else:
                run.message = run._closing_message(reasons[run.id])

    def _reasons(self) -> dict[int, list[tuple[str, str, int]]]:
        """Return kind, reason and number of failed and skipped records, most frequent
        first, by run ID."""
        lines = self.env["connector.sync.line"]._read_group(
            [
                ("run_id", "in", self.ids),
                ("kind", "in", ("failed", "skipped")),
                ("resolved", "=", False),
                ("dismissed", "=", False),
            ],
            ["run_id", "kind", "reason"],
            ["quantity:sum"],
        )
        reasons = defaultdict(list)
        for run, kind, reason, quantity in sorted(lines, key=lambda line: -line[-1]):
            reasons[run.id].append((kind, reason or "", quantity))
        return reasons

    def _hold_message(self) -> str:
        """Return why the jobs of a run in progress are on hold, empty if they are
        not."""
        if not self.backend_ref:
            return ""
        breakers = self.env["connector.circuit.breaker"]
        circuit = breakers._get_visible_status(self.backend_ref)
        if circuit.state == "closed":
            return ""
        return self.env._("On hold; resumes automatically: %s", circuit.reason)

    def _closing_message(self, reasons: list[tuple[str, str, int]]) -> str:
        words = self._outcome_lines(reasons)
        if self.comparison == "limited":
            words.insert(0, self.incomplete_reason or "")
        elif self.incomplete_reason:
            words.insert(
                0,
                self.env._(
                    "Incomplete: records may be missing. %s", self.incomplete_reason
                ),
            )
        return "\n".join(words)

    def _outcome_lines(self, reasons: list[tuple[str, str, int]]) -> list[str]:
        """Return the results of the records, as lines."""
        if self.compare_ids:
            return [self._comparison_message(), *self._reason_lines(reasons)]
        if not (self.seen or self.failed or self.taken_over):
            if self.incomplete_reason:
                return []
            if self.state == "failed":
                return [
                    self.env._("All failures of this synchronization are resolved.")
                ]
            return [self._empty_message()]
        changes = {
            self.env._("%s created", self.created): self.created,
            self.env._("%s updated", self.updated): self.updated,
            self.env._("%s unchanged", self.unchanged): self.unchanged,
            self.env._("%s skipped", self.skipped): self.skipped,
            self.env._("%s failed", self.failed): self.failed,
            self.env._("%s retried later", self.taken_over): self.taken_over,
        }
        became = ", ".join(text for text, number in changes.items() if number)
        words = self._reason_lines(reasons)
        if self.seen and became:
            words.insert(
                0,
                self.env._(
                    "%(seen)s processed: %(became)s.", seen=self.seen, became=became
                ),
            )
        return words or [self.env._("%s processed.", self.seen)]

    def _reason_lines(self, reasons: list[tuple[str, str, int]]) -> list[str]:
        """Return a line for each of the most frequent reasons."""
        line = self.env["connector.sync.line"]
        shown = [
            self.env._(
                "%(kind)s (%(number)s): %(reason)s",
                kind=line._kind_label(kind),
                number=quantity,
                reason=reason[:_LONGEST_REASON],
            )
            for kind, reason, quantity in reasons[:_REASONS_SHOWN]
        ]
        more = len(reasons) - len(shown)
        if more > 0:
            shown.append(self.env._("%s more reasons, see below.", more))
        return shown

    def _empty_message(self) -> str:
        """Explain a successful run without records."""
        backend = self.backend_ref.display_name or self.env._("the external system")
        if self.direction == "export":
            return self.env._(
                "Nothing to export to %(backend)s: no record in Odoo matches. "
                "Requested: %(window)s.",
                backend=backend,
                window=self.window,
            )
        if self.since and self.since in (self.filters or {}):
            return self.env._(
                "Nothing to import: %(backend)s returned no changes since the last "
                "complete import. Requested: %(window)s.",
                backend=backend,
                window=self.window,
            )
        return self.env._(
            "Nothing to import: %(backend)s returned no records. Requested: "
            "%(window)s.",
            backend=backend,
            window=self.window,
        )
