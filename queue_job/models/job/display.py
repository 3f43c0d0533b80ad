"""How a job is displayed."""

from odoo import api, fields
from odoo.tools import SQL

from ...job import STATES
from ...job.marks import MARK
from ...job.readable import readable, tree_or_text
from ...job.text import storable
from ..part import Part
from . import sql

#: Maximum number of characters of arguments that are shown.
MAX_SHOWN = 20_000

#: Errors raised by malformed arguments.
_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError, RecursionError)


class JobDisplay(Part):
    _name = "queue.job"
    _register = False

    target_text = fields.Char(
        string="Runs On",
        compute="_compute_target_text",
        help="Records on which the job calls its method.",
    )
    arguments_text = fields.Text(
        string="Arguments", compute="_compute_arguments_text", readonly=True
    )

    @api.depends("records")
    def _compute_target_text(self):
        stored = self._stored_json("records")
        for job in self:
            try:
                text = self._text_of_target(stored.get(job.id) or {})
            except _UNREADABLE:
                text = None
            job.target_text = text or job.model_name

    def _text_of_target(self, target):
        model, ids = target.get("model"), target.get("ids") or []
        if not model:
            return None
        name = f"{model}({', '.join(map(str, ids[:10]))}"
        name += f", … {len(ids)} records)" if len(ids) > 10 else ")"
        if model not in self.env:
            return self.env._("%s: this model does not exist", name)
        if len(ids) == 1:
            record = self.env[model].sudo().browse(ids).exists()
            shown = record.display_name if record else self.env._("deleted")
            name = f"{name}: {shown}"
        return name

    @api.depends("args", "kwargs")
    def _compute_arguments_text(self):
        args, kwargs = self._stored_json("args"), self._stored_json("kwargs")
        for job in self:
            try:
                lines = [readable(value) for value in args.get(job.id) or []]
                lines += [
                    f"{name} = {readable(value)}"
                    for name, value in _items(kwargs.get(job.id) or {})
                ]
            except _UNREADABLE:
                lines = [str(args.get(job.id) or ""), str(kwargs.get(job.id) or "")]
            job.arguments_text = storable("\n".join(lines), MAX_SHOWN)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Sort by state in the order of a job's life, not alphabetically."""
        term = super()._order_field_to_sql(alias, field_name, direction, nulls, query)
        if field_name != "state":
            return term
        state = self._field_to_sql(alias, field_name, query)
        return SQL("%s %s %s", _place_in_life(state), direction, nulls)

    def _read_group_orderby(self, order, groupby_terms, query):
        """Sort groups by state in the same order."""
        state = groupby_terms.get("state")
        if not state:
            return super()._read_group_orderby(order, groupby_terms, query)
        # super changes the terms too: it must get this very dict
        groupby_terms["state"] = _place_in_life(state)
        try:
            return super()._read_group_orderby(order, groupby_terms, query)
        finally:
            groupby_terms["state"] = state

    def _stored_json(self, name):
        """Return the JSON of a column by job id, without decoding records.

        So it can be shown even if the models it names no longer exist. Invalid JSON
        is returned as text.
        """
        self.flush_recordset([name])
        self.env.cr.execute(sql.SELECT_STORED.format(column=name), (self.ids,))
        return {job_id: tree_or_text(value) for job_id, value in self.env.cr.fetchall()}


def _place_in_life(state: SQL) -> SQL:
    return SQL("array_position(%s::varchar[], %s)", list(dict(STATES)), state)


def _items(kwargs: dict) -> list:
    """Return the items of encoded keyword arguments, which may be pairs."""
    return kwargs["value"] if MARK in kwargs else list(kwargs.items())
