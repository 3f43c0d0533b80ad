"""The declaration of a resource: how the API serves the records of a binding model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from odoo import models

from .components.http.pagination.base import Paging
from .declared_setting import OF_COMPONENT, settings


@dataclass(frozen=True)
class Resource:
    """One collection of records of a JSON API, like ``/api/products``.

    Declared as ``_resource`` of a binding model. It sets attributes of the adapter, the
    importer and the deleter of the model, whoever defines these components. What is not
    declared is as these components have it.

    ``path``
        path of the collection, relative to the location of the backend
    ``list_key``, ``record_key``
        keys in which a list, or a record, is wrapped: ``products`` of ``{"products":
        [...]}``, ``product`` of ``{"product": {...}}``; by default neither is
    ``id_key``
        key of the ID of a record, ``id`` by default
    ``paging``
        how a list is read, one of :mod:`.components.http.pagination`
    ``query``, ``record_query``
        query parameters of each list, and of each request for one record
    ``update_method``
        HTTP method of an update: ``PATCH`` (default), ``PUT`` or ``POST``
    ``parse``
        turns a received record into the one that is mapped: a function of the record,
        or the name of a method of the binding model that takes it. What follows, the
        version included, sees the parsed record; ``id_key`` is that of the received one
    ``version_key``, ``version_type``
        key of the value that changes with a record, ``updated_at`` by default, and how
        versions are ordered: ``datetime``, ``number`` or ``etag`` (unordered); by
        default what they look like. ``content``: there is no such value, so the version
        is a digest of what is mapped of the record
    ``match_field``, ``match_policy``
        field by which a new record is matched with an existing one of Odoo, and whose
        values the match keeps: ``remote`` (default) or ``odoo``
    ``import_by``
        one transaction per ``page``, with few SQL statements (``bulk``) or record by
        record; or one job per ``record``
    ``on_remote_delete``
        what a deletion in the external system does in Odoo: ``unbind`` (default)
        deletes the binding only, ``archive`` archives both, ``delete`` deletes both
    ``can_delete``
        whether deleting a record of Odoo deletes it in the external system
    """

    path: str
    list_key: str | None = OF_COMPONENT
    record_key: str | None = OF_COMPONENT
    id_key: str = OF_COMPONENT
    paging: Paging = OF_COMPONENT
    query: Mapping[str, Any] = field(default_factory=dict)
    update_method: Literal["PATCH", "PUT", "POST"] = OF_COMPONENT
    version_key: str | None = OF_COMPONENT
    version_type: Literal["datetime", "number", "etag", "content"] | None = OF_COMPONENT
    match_field: str | None = OF_COMPONENT
    match_policy: Literal["remote", "odoo"] = OF_COMPONENT
    import_by: Literal["bulk", "page", "record"] = "bulk"
    on_remote_delete: Literal["unbind", "archive", "delete"] = OF_COMPONENT
    can_delete: bool = True
    parse: Callable[[dict], dict] | str | None = OF_COMPONENT
    record_query: Mapping[str, Any] = field(default_factory=dict)

    def adapter_settings(self) -> dict[str, Any]:
        """Return the attributes of a REST adapter that this resource sets."""
        names = ("path", "list_key", "record_key", "id_key", "paging", "update_method")
        return settings(self, names)

    def importer_settings(self) -> dict[str, Any]:
        """Return the attributes of a record importer that this resource sets."""
        names = ("parse", "version_key", "version_type", "match_field", "match_policy")
        return settings(self, names)

    def deleter_settings(self) -> dict[str, Any]:
        """Return the attributes of an import deleter that this resource sets."""
        return settings(self, ("on_remote_delete",))


def resource_of(model: models.BaseModel) -> Resource | None:
    """Return the resource that a binding model declares, ``None`` if it does not."""
    resource = getattr(model, "_resource", None)
    return resource if isinstance(resource, Resource) else None
