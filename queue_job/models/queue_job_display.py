"""What people read about a job."""

import json
from pprint import pformat

from odoo import api, fields
from odoo.tools import SQL

from ..job import STATES
from .part import Part


class QueueJobDisplay(Part):
    _name = "queue.job"
    _register = False

    target_text = fields.Char(
        string="Runs On",
        compute="_compute_target_text",
        help="The records whose method the job calls.",
    )
    arguments_text = fields.Text(
        string="Arguments", compute="_compute_arguments_text", readonly=True
    )

    @api.depends("records")
    def _compute_target_text(self):
        stored = self._stored_json("records")
        for job in self:
            target = stored.get(job.id) or {}
            model, ids = target.get("model"), target.get("ids") or []
            if not model:
                job.target_text = job.model_name
                continue
            name = f"{model}({', '.join(map(str, ids[:10]))}"
            name += f", … {len(ids)} records)" if len(ids) > 10 else ")"
            if model not in self.env:
                name = self.env._("%s: the model does not exist (any more)", name)
            elif len(ids) == 1:
                record = self.env[model].sudo().browse(ids).exists()
                shown = record.display_name if record else self.env._("deleted")
                name = f"{name}: {shown}"
            job.target_text = name

    @api.depends("args", "kwargs")
    def _compute_arguments_text(self):
        args, kwargs = self._stored_json("args"), self._stored_json("kwargs")
        for job in self:
            lines = [_readable(value) for value in args.get(job.id) or []]
            lines += [
                f"{name} = {_readable(value)}"
                for name, value in (kwargs.get(job.id) or {}).items()
            ]
            job.arguments_text = "\n".join(lines)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Sort by state as a job goes through them, not by the alphabet."""
        term = super()._order_field_to_sql(alias, field_name, direction, nulls, query)
        if field_name != "state":
            return term
        state = self._field_to_sql(alias, field_name, query)
        return SQL("%s %s %s", _place_in_life(state), direction, nulls)

    def _read_group_orderby(self, order, groupby_terms, query):
        """Sort groups by state in the same way."""
        state = groupby_terms.get("state")
        if not state:
            return super()._read_group_orderby(order, groupby_terms, query)
        # the terms are changed by super, too: it must get this very dict
        groupby_terms["state"] = _place_in_life(state)
        try:
            return super()._read_group_orderby(order, groupby_terms, query)
        finally:
            groupby_terms["state"] = state

    def _stored_json(self, name):
        """Return the JSON of a column by job id, without making records of it.

        So it can be shown whatever became of the models it names.
        """
        self.flush_recordset([name])
        self.env.cr.execute(
            f"SELECT id, {name} FROM queue_job WHERE id = ANY(%s)", (self.ids,)
        )
        return {
            job_id: json.loads(value) if isinstance(value, str) else value
            for job_id, value in self.env.cr.fetchall()
        }


def _place_in_life(state: SQL) -> SQL:
    return SQL("array_position(%s::varchar[], %s)", list(dict(STATES)), state)


def _readable(value):
    """Return an encoded argument as a person would write it."""
    return pformat(_plain(value), width=100, compact=True, sort_dicts=False)


def _plain(value):
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("_type") == "odoo_recordset":
        return _Words(f"{value['model']}({', '.join(map(str, value['ids']))})")
    if "_type" in value and "value" in value:
        return _Words(value["value"])
    return {key: _plain(item) for key, item in value.items()}


class _Words(str):
    """Text shown without quotes."""

    __slots__ = ()

    def __repr__(self):
        return str(self)
