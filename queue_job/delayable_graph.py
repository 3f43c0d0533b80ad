"""Chains, groups, and the graph they are flattened into before they are stored."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from .graph import Graph
from .job.enqueue import store_graph
from .utils import must_run_without_delay

if TYPE_CHECKING:
    from typing import Self

#: Maximum number of edges between two groups: above it, a barrier job replaces them.
MAX_LINKS = 10_000


class DelayableGraph(Graph):
    """Graph of Delayables, chains and groups that are delayed together."""

    __slots__ = ()

    def _merge_graph(self, graph: Graph) -> None:
        """Add the vertices and edges of ``graph`` to this one."""
        for vertex, children in graph._graph.items():
            self._graph.setdefault(vertex, set()).update(children)

    def _connect_graphs(self) -> Graph:
        """Return the graph of all Delayables reachable from here.

        An edge between chains or groups becomes edges from each of the last
        Delayables of the parent to each of the first ones of the child. If these
        would be too many to store and to follow, all lead to one barrier job.
        What comes after an empty chain or group comes after what is before it.
        """
        if len(self._graph) == 1:
            ((vertex, children),) = self._graph.items()
            if not children and vertex._graph is self and not _is_empty(vertex):
                return Graph({vertex: set()})
        result = Graph()
        tails_of: dict = {}
        seen = {self}
        to_visit = [self]
        while to_visit:
            graph = to_visit.pop()
            for vertex, children in graph._graph.items():
                if vertex._graph not in seen:
                    seen.add(vertex._graph)
                    to_visit.append(vertex._graph)
                if _is_empty(vertex) or not isinstance(vertex, DelayableComposite):
                    result.add_vertex(vertex)
                tails = dict.fromkeys(_delayables(vertex, first=False))
                for child in children:
                    tails_of.setdefault(child, {}).update(tails)
        for child, tails in tails_of.items():
            _link(result, tails, dict.fromkeys(_delayables(child, first=True)))
        _skip_empty(result)
        return result

    def _has_to_execute_directly(self, vertices: Iterable) -> bool:
        """Tell whether one of the vertices must run immediately."""
        return any(must_run_without_delay(v.recordset.env) for v in vertices)

    @staticmethod
    def _ensure_same_graph_uuid(jobs) -> None:
        """Give all jobs of a graph the same graph uuid; a single job has none.

        :raises ValueError: without jobs, for a single job that has one, or for jobs
            that are already in different graphs
        """
        jobs = list(jobs)
        if not jobs:
            raise ValueError("Expecting jobs")
        if len(jobs) == 1:
            if jobs[0].graph_uuid:
                raise ValueError(
                    f"Job {jobs[0]} is a single job, it should not have a graph uuid"
                )
            return
        graph_uuids = {job.graph_uuid for job in jobs if job.graph_uuid}
        if len(graph_uuids) > 1:
            raise ValueError(
                "Jobs cannot have dependencies between several graphs: "
                + ", ".join(sorted(graph_uuids))
            )
        graph_uuid = graph_uuids.pop() if graph_uuids else str(uuid.uuid4())
        for job in jobs:
            job.graph_uuid = graph_uuid

    def delay(self) -> None:
        """Store the jobs of the whole graph, or run them immediately in no-delay mode.

        For an empty graph nothing is stored.

        :raises ValueError: if the graph has a cycle
        """
        graph = self._connect_graphs()
        if not graph._graph:
            return
        if any(graph._graph.values()):
            _check_no_loop(graph)
        jobs = {vertex: vertex._build_job() for vertex in graph._graph}
        self._ensure_same_graph_uuid(jobs.values())
        if self._has_to_execute_directly(jobs):
            self._execute_graph_direct(graph)
            return
        edges = [(jobs[parent], jobs[child]) for parent, child in graph.edges()]
        stored = store_graph(jobs.values(), edges)
        for vertex, job in jobs.items():
            vertex._generated_job = stored[job]

    def _execute_graph_direct(self, graph: Graph) -> None:
        """Perform each job now, parents first, in the current transaction."""
        for delayable in graph.topological_sort():
            delayable._execute_direct()


class DelayableComposite:
    """Base class of chains and groups."""

    __slots__ = ("__weakref__", "_graph")

    def _members(self, first: bool) -> Iterable:
        """Return the members that begin (``first``) or end the composite."""
        raise NotImplementedError

    def _head(self) -> list:
        """Return the Delayables that begin the composite."""
        return [one for one in _delayables(self, first=True) if not _is_empty(one)]

    def _tail(self) -> list:
        """Return the Delayables after which the composite is done."""
        return [one for one in _delayables(self, first=False) if not _is_empty(one)]

    def on_done(self, *delayables: Any) -> Self:
        """Run ``delayables`` when the composite is done; return self."""
        if len(delayables) > 1:
            delayables = (DelayableGroup(*delayables),)
        for member in self._members(first=False) or (self,):
            for delayable in delayables:
                self._graph.add_edge(member, delayable)
        return self

    def delay(self) -> None:
        """Delay the composite and everything that comes after it."""
        self._graph.delay()


class DelayableChain(DelayableComposite):
    """Delayables that run one after the other, see :func:`.delay.chain`."""

    __slots__ = ("_ends",)

    def __init__(self, *delayables):
        self._graph = DelayableGraph()
        for member in delayables[:1] or (self,):
            self._graph.add_vertex(member)
        for previous, member in pairwise(delayables):
            self._graph.add_edge(previous, member)
        self._ends = (delayables[:1], delayables[-1:])

    def _members(self, first):
        return self._ends[0 if first else 1]


class DelayableGroup(DelayableComposite):
    """Delayables that run in parallel, see :func:`.delay.group`."""

    __slots__ = ("_delayables",)

    def __init__(self, *delayables):
        self._graph = DelayableGraph()
        # a set, as other code reads it; its order never matters
        self._delayables = set(delayables)
        for delayable in delayables or (self,):
            self._graph.add_vertex(delayable)

    def _members(self, first):
        return self._delayables


def _is_empty(vertex) -> bool:
    """Tell whether ``vertex`` is a chain or group without members: its own graph then
    contains itself."""
    return isinstance(vertex, DelayableComposite) and not vertex._members(first=True)


def _delayables(vertex, first: bool) -> Iterator:
    """Yield the Delayables that begin or end ``vertex``, however deeply nested, and
    the empty chains and groups."""
    to_open = [vertex]
    while to_open:
        member = to_open.pop()
        if isinstance(member, DelayableComposite) and not _is_empty(member):
            to_open.extend(member._members(first))
        else:
            yield member


def _skip_empty(graph: Graph) -> None:
    """Remove empty chains and groups: what comes after one of them comes after what is
    before it."""
    empty = [vertex for vertex in graph._graph if _is_empty(vertex)]
    if not empty:
        return
    parents_of: dict = {vertex: {} for vertex in empty}
    for parent, child in graph.edges():
        if child in parents_of:
            parents_of[child][parent] = None
    for vertex in empty:
        parents = parents_of.pop(vertex)
        children = dict.fromkeys(graph._graph.pop(vertex))
        parents.pop(vertex, None)
        children.pop(vertex, None)
        for parent in parents:
            graph._graph[parent].discard(vertex)
        for child in children.keys() & parents_of.keys():
            del children[child], parents_of[child][vertex]
            for parent in parents:
                graph.add_edge(parent, child)
            parents_of[child].update(parents)
        _link(graph, parents, children)


def _link(graph: Graph, parents: dict, children: dict) -> None:
    """Make each of ``children`` depend on all ``parents``, with a limited number of
    edges."""
    if len(parents) * len(children) > MAX_LINKS:
        middle = _between(len(parents), children)
        _link(graph, parents, {middle: None})
        parents = {middle: None}
    for parent in parents:
        for child in children:
            graph.add_edge(parent, child)


def _between(parents_count: int, children: dict):
    """Return a barrier Delayable, with the priority of the most urgent child."""
    jobs = [child._build_job() for child in children]
    first = min(jobs, key=lambda job: job.priority)
    env = first.env
    return (
        env["queue.job"]
        .delayable(
            priority=first.priority,
            channel=first.channel,
            description=env._(
                "Barrier: %(parents)s to %(children)s jobs",
                parents=parents_count,
                children=len(jobs),
            ),
        )
        ._all_are_done()
    )


def _check_no_loop(graph: Graph) -> None:
    """Refuse a graph with a dependency cycle."""
    looping = graph.vertices().difference(graph.topological_sort())
    if not looping:
        return
    # jobs behind the cycle remain too: only keep those with a way back
    names = sorted(repr(v) for v in looping if graph._graph[v] & looping)
    raise ValueError(
        "Dependency cycle: none of these jobs could ever start: " + ", ".join(names)
    )
