"""Actions and menus: a section for each backend model, below *Connectors*."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .kinds import backend_of, is_backend, is_derived, slug_of

if TYPE_CHECKING:
    from odoo.models import BaseModel

    from .loader import Loader

_ROOT = "connector.menu_connector_root"


def derive_menus(loader: Loader, model: BaseModel, slug: str) -> None:
    # Named by the model; translations follow in ``ir_module_module``.
    name = model._description
    action = loader.load(
        "ir.actions.act_window",
        f"{slug}_action",
        {"name": name, "res_model": model._name, "view_mode": "list,form"},
    )
    section = _section(loader, model, slug)
    if action and section:
        loader.load(
            "ir.ui.menu",
            f"menu_{slug}",
            {
                "name": name,
                "parent_id": section.id,
                "action": f"{action._name},{action.id}",
                "sequence": 10 if is_backend(model) else 20,
            },
        )


def _section(loader: Loader, model: BaseModel, slug: str) -> BaseModel | None:
    """Return the menu of the backend model; a binding finds it, if it is derived."""
    backend = backend_of(model)
    if not is_backend(model):
        if not is_derived(backend, "menus"):
            return None
        name = f"{backend._original_module}.menu_{slug_of(backend)}_root"
        return loader.env.ref(name, raise_if_not_found=False)
    return loader.load(
        "ir.ui.menu",
        f"menu_{slug}_root",
        {
            "name": model._description,
            "parent_id": loader.env.ref(_ROOT).id,
            "sequence": 20,
        },
    )
