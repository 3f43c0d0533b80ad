"""Dependencies and dependents of a job as records, and the data of its graph."""

from markupsafe import Markup

from odoo import api, fields
from odoo.fields import Domain
from odoo.tools import SQL, Query

from ...job import CANCELLED, FAILED, WAIT_DEPENDENCIES
from ..part import Part
from . import sql

#: Maximum number of jobs of a graph that are drawn.
MAX_DRAWN = 200

_OTHER_END = {
    "depends_on": "reverse_depends_on",
    "reverse_depends_on": "depends_on",
}

#: fill and border color of a state in the graph
_COLORS = {
    "done": ("#C2FABC", "#4AD63A"),
    "failed": ("#FB7E81", "#FA0A10"),
    "started": ("#FFFF00", "#FFA500"),
}
_OTHER_COLORS = ("#D2E5FF", "#2B7CE9")


class JobGraph(Part):
    _name = "queue.job"
    _register = False

    dependency_ids = fields.Many2many(
        comodel_name="queue.job",
        string="Dependencies",
        compute="_compute_dependency_ids",
        search="_search_dependency_ids",
    )
    dependent_ids = fields.Many2many(
        comodel_name="queue.job",
        string="Dependents",
        compute="_compute_dependency_ids",
        search="_search_dependent_ids",
    )

    failed_dependency_ids = fields.Many2many(
        comodel_name="queue.job",
        string="Failed Dependencies",
        compute="_compute_failed_dependency_ids",
        help="Dependencies of this job that failed or were cancelled.",
    )

    @api.depends("dependency_ids.state", "state")
    def _compute_failed_dependency_ids(self):
        for job in self:
            job.failed_dependency_ids = (
                job.dependency_ids.filtered(
                    lambda parent: parent.state in (FAILED, CANCELLED)
                )
                if job.state == WAIT_DEPENDENCIES
                else self.browse()
            )

    def _compute_graph_jobs_count(self):
        graph_uuids = [uuid for uuid in self.mapped("graph_uuid") if uuid]
        counts = dict(
            self.env["queue.job"]._read_group(
                [("graph_uuid", "in", graph_uuids)], ["graph_uuid"], ["__count"]
            )
        )
        for job in self:
            job.graph_jobs_count = counts.get(job.graph_uuid, 0)

    @api.depends("dependencies")
    def _compute_dependency_ids(self):
        links = {job: job.dependencies for job in self}
        uuids = {
            uuid
            for link in links.values()
            for key in ("depends_on", "reverse_depends_on")
            for uuid in link.get(key) or ()
        }
        found = self.search([("uuid", "in", list(uuids))])
        ids = {job.uuid: job.id for job in found}
        for job, link in links.items():
            job.dependency_ids = self.browse(
                ids[uuid] for uuid in link.get("depends_on") or () if uuid in ids
            )
            job.dependent_ids = self.browse(
                ids[uuid]
                for uuid in link.get("reverse_depends_on") or ()
                if uuid in ids
            )

    def _search_dependency_ids(self, operator, value):
        return self._search_dependencies("depends_on", operator, value)

    def _search_dependent_ids(self, operator, value):
        return self._search_dependencies("reverse_depends_on", operator, value)

    def _search_dependencies(self, key, operator, value):
        """Return the domain of the jobs with a matching dependency or dependent.

        :param key: ``depends_on`` or ``reverse_depends_on``
        :param operator: ``in`` or ``any``; the ORM derives the others from these
        """
        if operator == "in":
            ids = [value_id for value_id in value if value_id]
            domain = Domain("id", "in", self._ids_linked_to(key, self.browse(ids)))
            if len(ids) < len(value):  # False is among them: no dependency at all
                domain |= Domain("id", "in", SQL(sql.SELECT_WITHOUT_LINK, key))
            return domain
        if operator == "any":
            matching = (
                self.browse(value)
                if isinstance(value, Query)
                else self.search(Domain(value))
            )
            return Domain("id", "in", self._ids_linked_to(key, matching))
        return NotImplemented

    def _ids_linked_to(self, key, jobs):
        """Return SQL for the ids of jobs that list one of ``jobs`` under ``key``."""
        jobs = jobs.exists()
        self.flush_model(["dependencies", "graph_uuid"])
        return SQL(
            sql.SELECT_LINKED,
            key,
            [job.uuid for job in jobs],
            list({job.graph_uuid for job in jobs if job.graph_uuid}),
        )

    def _compute_dependency_graph(self):
        for job in self:
            members = job._graph_neighbors() if job.graph_uuid else None
            job.dependency_graph = members._graph_picture() if members else {}

    def _graph_neighbors(self):
        """Return the jobs of the graph to draw: all, or the nearest of a big graph."""
        self.ensure_one()
        domain = [("graph_uuid", "=", self.graph_uuid)]
        if self.search_count(domain, limit=MAX_DRAWN + 1) <= MAX_DRAWN:
            return self.search(domain)
        drawn = edge = self
        while edge and len(drawn) < MAX_DRAWN:
            uuids = {
                uuid
                for job in edge
                for key in _OTHER_END
                for uuid in (job.dependencies.get(key) or ())[:MAX_DRAWN]
            }
            uuids -= set(drawn.mapped("uuid"))
            # half of the remaining number per step, so that both directions are drawn
            limit = max((MAX_DRAWN - len(drawn)) // 2, 1)
            edge = self.search([("uuid", "in", list(uuids))], limit=limit)
            drawn |= edge
        return drawn

    def _graph_picture(self):
        """Return the nodes of these jobs and the edges between them."""
        ids = {job.uuid: job.id for job in self}
        return {
            "nodes": [job._dependency_graph_vis_node() for job in self],
            "edges": [
                [job.id, ids[uuid]]
                for job in self
                for uuid in job.dependencies.get("reverse_depends_on") or ()
                if uuid in ids
            ],
        }

    def _dependency_graph_vis_node(self):
        """Return the node of this job in its graph."""
        self.ensure_one()
        color, border = _COLORS.get(self.state, _OTHER_COLORS)
        title = Markup("<strong>%s</strong><br/>%s") % (
            self.name or "",
            self.func_string or "",
        )
        return {
            "id": self.id,
            "title": title,
            "color": color,
            "border": border,
            "shadow": True,
        }
