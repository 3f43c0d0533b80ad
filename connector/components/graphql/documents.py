"""GraphQL documents: written by the author, or derived from a declaration.

Values are always passed as variables, never inserted into a document.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

#: Fields of a response beside the result.
_BESIDE = {"rateLimit", "__typename"}


@dataclasses.dataclass(frozen=True)
class Fields:
    """The fields of a record, from which queries are derived.

    ::

        _record_fields = Fields(
            "product", "products", "id title updatedAt", filters={"query": "String"}
        )

    :param one: field of the API that returns one record by ``id``
    :param many: field of the API that returns a connection
    :param selection: selected fields of a record, in GraphQL
    :param filters: arguments of ``many`` that may be used as filters, with their types
    :param node_type: type of the records, to read several by ``nodes(ids:)``; without,
        they are read by ``one``, under aliases
    :param id_type: type of the argument ``id``
    """

    one: str
    many: str
    selection: str
    filters: Mapping[str, str] = dataclasses.field(default_factory=dict)
    node_type: str | None = None
    id_type: str = "ID!"

    def list_query(self) -> str:
        """Return the query of a page: variables ``first``, ``after`` and filters."""
        types = {"first": "Int", "after": "String", **self.filters}
        variables = ", ".join(f"${name}: {kind}" for name, kind in types.items())
        arguments = ", ".join(f"{name}: ${name}" for name in types)
        return (
            f"query({variables}) {{ {self.many}({arguments}) {{ "
            f"edges {{ node {{ {self.selection} }} }} "
            f"pageInfo {{ hasNextPage endCursor }} }} }}"
        )

    def record_query(self) -> str:
        """Return the query of one record: variable ``id``."""
        return (
            f"query($id: {self.id_type}) {{ {self.one}(id: $id) {{ {self.selection} }} "
            f"}}"
        )

    def records_query(self, count: int) -> str:
        """Return the query of ``count`` records by their IDs.

        Its variable is ``ids`` if there is a ``node_type``, else ``id0``, ``id1``...
        """
        if self.node_type:
            return (
                f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ "
                f"... on {self.node_type} {{ {self.selection} }} }} }}"
            )
        variables = ", ".join(f"$id{n}: {self.id_type}" for n in range(count))
        fields = " ".join(
            f"record{n}: {self.one}(id: $id{n}) {{ {self.selection} }}"
            for n in range(count)
        )
        return f"query({variables}) {{ {fields} }}"


def data_at(data: Any, path: str | None = None) -> Any:
    """Return the data at a path like ``repository.issues``.

    :param path: by default, the only field of ``data``
    :raise KeyError: there is none; ``TypeError``: a field above it is null
    """
    if path is None:
        fields = [key for key in data if key not in _BESIDE]
        if len(fields) != 1:
            raise KeyError(f"expected one field, got {', '.join(fields) or 'none'}")
        return data[fields[0]]
    for key in path.split("."):
        data = data[key]
    return data
