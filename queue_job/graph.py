"""A directed graph of hashable objects."""

from collections import deque
from collections.abc import Hashable, Iterator


class Graph:
    """Vertices and the edges from parents to children.

    ``_graph`` maps each vertex to the set of its children.

    >>> graph = Graph()
    >>> graph.add_edge("a", "b")
    >>> graph.add_edge("b", "c")
    >>> graph.add_edge("a", "d")
    >>> sorted(graph.edges())
    [('a', 'b'), ('a', 'd'), ('b', 'c')]
    >>> sorted(graph.paths("a"))
    [['a', 'b', 'c'], ['a', 'd']]
    >>> graph.root_vertices()
    {'a'}
    >>> list(graph.topological_sort())[0]
    'a'
    """

    __slots__ = ("_graph",)

    def __init__(self, graph=None):
        self._graph = graph or {}

    def add_vertex(self, vertex: Hashable) -> None:
        """Add a vertex if it is new."""
        self._graph.setdefault(vertex, set())

    def add_edge(self, parent: Hashable, child: Hashable) -> None:
        """Add an edge, and its ends if they are new."""
        self.add_vertex(child)
        self._graph.setdefault(parent, set()).add(child)

    def vertices(self) -> set:
        """Return the set of vertices."""
        return set(self._graph)

    def edges(self) -> list[tuple]:
        """Return the list of (parent, child)."""
        return [
            (parent, child)
            for parent, children in self._graph.items()
            for child in children
        ]

    def paths(self, vertex: Hashable) -> Iterator[list]:
        """Yield the longest paths without a cycle which begin at ``vertex``."""
        path = [vertex]
        # one iterator of children for each vertex of the path: no recursion, so a
        # chain may be longer than Python's stack
        pending = [iter(self._graph[vertex])]
        dead_end = [True]
        while pending:
            child = next((c for c in pending[-1] if c not in path), None)
            if child is not None:
                dead_end[-1] = False
                path.append(child)
                pending.append(iter(self._graph[child]))
                dead_end.append(True)
                continue
            if dead_end.pop():
                yield list(path)
            pending.pop()
            path.pop()

    def topological_sort(self) -> Iterator:
        """Yield vertices, parents before children.

        The members of a cycle, and what comes after it, are not yielded.
        """
        missing_parents = self._parents_count()
        ready = deque(v for v, count in missing_parents.items() if not count)
        while ready:
            vertex = ready.popleft()
            yield vertex
            for child in self._graph[vertex]:
                missing_parents[child] -= 1
                if not missing_parents[child]:
                    ready.append(child)

    def root_vertices(self) -> set:
        """Return the vertices without parents."""
        return {v for v, count in self._parents_count().items() if not count}

    def _parents_count(self) -> dict:
        counts = dict.fromkeys(self._graph, 0)
        for children in self._graph.values():
            for child in children:
                counts[child] += 1
        return counts

    def __repr__(self):
        paths = [path for vertex in self.root_vertices() for path in self.paths(vertex)]
        lines = (" → ".join(repr(vertex) for vertex in path) for path in paths)
        return "\n".join(lines)
