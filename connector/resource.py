"""The declaration of a resource: how the API serves the records of a binding model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from odoo import models

from .components.http.pagination.base import Paging


@dataclass(frozen=True)
class Resource:
    """One collection of records of a JSON API, like ``/api/products``.

    Declared as ``_resource`` of a binding model. It sets attributes of the adapter, the
    importer and the deleter of the model, whoever defines these components.

    ``path``
        path of the collection, relative to the location of the backend
    ``list_key``, ``record_key``
        keys in which a list, or a record, is wrapped: ``products`` of ``{"products":
        [...]}``, ``product`` of ``{"product": {...}}``
    ``id_key``
        key of the ID of a record
    ``paging``
        how a list is read, one of :mod:`.components.http.pagination`; by default that
        of the adapter
    ``query``
        query parameters of each list
    ``update_method``
        HTTP method of an update; by default that of the adapter
    ``version_key``, ``version_type``
        key of the value that changes with a record, and how versions are ordered:
        ``datetime``, ``number`` or ``etag`` (unordered); by default what they look like
    ``match_field``, ``match_policy``
        field by which a new record is matched with an existing one of Odoo, and whose
        values the match keeps
    ``import_by``
        one transaction per ``page``, with few SQL statements (``bulk``) or record by
        record; or one job per ``record``
    ``on_remote_delete``
        what a deletion in the external system does in Odoo
    ``can_delete``
        whether deleting a record of Odoo deletes it in the external system
    """

    path: str
    list_key: str | None = None
    record_key: str | None = None
    id_key: str = "id"
    paging: Paging | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    update_method: Literal["PATCH", "PUT", "POST"] | None = None
    version_key: str | None = "updated_at"
    version_type: Literal["datetime", "number", "etag"] | None = None
    match_field: str | None = None
    match_policy: Literal["remote", "odoo"] = "remote"
    import_by: Literal["bulk", "page", "record"] = "bulk"
    on_remote_delete: Literal["unbind", "archive", "delete"] = "unbind"
    can_delete: bool = True

    def adapter_settings(self) -> dict[str, Any]:
        """Return the attributes of a REST adapter that this resource sets."""
        names = ("list_key", "record_key", "id_key", "paging", "update_method")
        declared = {
            f"_{name}": getattr(self, name) for name in names if self._sets(name)
        }
        return {"_path": self.path, **declared}

    def importer_settings(self) -> dict[str, Any]:
        """Return the attributes of a record importer that this resource sets."""
        names = ("version_key", "version_type", "match_field", "match_policy")
        return {f"_{name}": getattr(self, name) for name in names if self._sets(name)}

    def deleter_settings(self) -> dict[str, Any]:
        """Return the attributes of an import deleter that this resource sets."""
        name = "on_remote_delete"
        return {f"_{name}": self.on_remote_delete} if self._sets(name) else {}

    def _sets(self, name: str) -> bool:
        """Whether a value was declared; else that of the component's class counts."""
        default = next(one.default for one in fields(self) if one.name == name)
        return getattr(self, name) != default


def resource_of(model: models.BaseModel) -> Resource | None:
    """Return the resource that a binding model declares, ``None`` if it does not."""
    resource = getattr(model, "_resource", None)
    return resource if isinstance(resource, Resource) else None
