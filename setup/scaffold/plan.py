"""What is to be written: a connector, and models that it synchronizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class ResourcePlan:
    """The arguments of a ``Resource``; what has its default is not written.

    ``paging``
        Python source of a paging, like ``CursorPaging(cursor="after")``, if it differs
        from that of the adapter
    """

    path: str
    list_key: str | None = None
    record_key: str | None = None
    id_key: str = "id"
    paging: str | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    update_method: Literal["PATCH", "PUT", "POST"] | None = None
    version_key: str | None = "updated_at"
    version_type: Literal["datetime", "number", "etag"] | None = None
    match_field: str | None = None
    can_delete: bool = True


@dataclass(frozen=True)
class FlowPlan:
    """A flow of a model, as an entry of ``_sync_flows``.

    ``since``
        query parameter that requests the changes since a time
    """

    name: str
    label: str
    direction: Literal["import", "export"] = "import"
    since: str | None = None


@dataclass(frozen=True)
class ModelPlan:
    """A model to synchronize: what :mod:`.model_files` writes a file for.

    ``model``
        the Odoo model whose records are bound, like ``res.partner``
    ``import_map``, ``export_map``
        lines of Python source between the brackets of ``_import_map`` and
        ``_export_map``, comments included, without indentation; ``None``: no such map.
        Names of ``odoo.addons.connector.api`` that they use are imported.
    ``flows``
        flows; if empty, one import with the last part of the path as its name
    ``unknown_value``
        values with which a record is rejected, for the contract test
    ``integer_ids``
        whether external IDs are stored as integers
    ``fields``
        lines of Python source of additional fields of the binding
    """

    model: str
    resource: ResourcePlan
    import_map: Sequence[str] | None = ()
    export_map: Sequence[str] | None = None
    flows: Sequence[FlowPlan] = ()
    unknown_value: Mapping[str, Any] = field(default_factory=dict)
    integer_ids: bool = False
    fields: Sequence[str] = ()


@dataclass(frozen=True)
class ConnectorPlan:
    """A connector: what :mod:`.connector_files` writes an addon for.

    ``auth``
        lines of Python source of the adapter that authenticate its requests, without
        indentation; names of ``odoo.addons.connector.api`` are imported
    ``paging``
        Python source of the paging of all lists
    ``check_path``
        what the connection test requests; by default the path of the first model
    """

    name: str
    models: Sequence[ModelPlan] = ()
    auth: Sequence[str] = (
        "def _build_request_auth(self):",
        "    return BasicAuth(*self._credentials())",
    )
    paging: str = "KeysetPaging(size=100)"
    check_path: str | None = None
