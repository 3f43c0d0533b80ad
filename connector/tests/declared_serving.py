"""Has a fake API serve what the components of a backend's models request."""

from __future__ import annotations

from typing import Any

from odoo.addons.component.exception import NoComponentError

from ..components.http.adapter import RestAdapter
from ..components.http.pagination import CursorPaging, LinkPaging, Paging
from ..models.derived.kinds import bindings_of
from .declared_api import DeclaredApi, Format


def serve_declared(server: DeclaredApi, case: Any) -> None:
    """Serve the resources of all bindings of the backend of a contract test.

    :raises NotImplementedError: an adapter reads lists in a way of its own
    """
    backend = case.backend
    flows = backend._sync_flows()
    for model in bindings_of(backend):
        with case.work_on(backend, model._name) as work:
            try:
                adapter = work.component(usage="backend.adapter")
                importer = work.component(usage="record.importer")
            except NoComponentError:
                continue
        path = getattr(adapter, "_path", "")
        if not (isinstance(adapter, RestAdapter) and path):
            continue
        if model._name in case._models():
            _check_paging(adapter._paging, model._name)
        form = Format(
            id_key=adapter._id_key,
            version_key=importer._version_key or "updated_at",
            version_type=importer._version_type,
            list_key=adapter._list_key,
            record_key=adapter._record_key,
            update_method=adapter._update_method,
            paging=adapter._paging,
            since=tuple(
                flow.since for flow in flows if flow.model == model._name and flow.since
            ),
        )
        server.serve(path, form)
        if adapter._token_login:
            server.log_in_by(adapter._token_login)
    server.is_about(case.path_of(case._models()[0]))
    if backend._check_path and backend._check_path not in server._tables:
        server.responses.setdefault(backend._check_path, {})


def _check_paging(paging: Paging, model: str) -> None:
    """Check that the responses can be told from the parameters of a paging.

    :raises NotImplementedError: it reads them by a function of its own
    """
    default = {CursorPaging: CursorPaging(), LinkPaging: LinkPaging()}
    ours = {**vars(Paging()), **vars(default.get(type(paging), Paging()))}
    for name, value in vars(paging).items():
        if callable(value) and value is not ours.get(name):
            raise NotImplementedError(
                f"The paging of {model} reads responses by a function of its own: "
                "define fake_server()."
            )
