"""Access rights and record rules of backends and bindings.

Connector managers have all rights; connector users can read. Other internal users can
read bindings which an Odoo record shows to them, but no backend.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .kinds import backend_of, is_backend, is_binding

if TYPE_CHECKING:
    from odoo.models import BaseModel

    from .loader import Loader

_MANAGER = "connector.group_connector_manager"
_USER = "connector.group_connector_user"
_EMPLOYEE = "base.group_user"


def derive_access(loader: Loader, model: BaseModel, slug: str) -> None:
    readers = _EMPLOYEE if _is_shown_to_employees(model) else _USER
    for role, group in (("manager", _MANAGER), ("user", readers)):
        loader.load(
            "ir.model.access",
            f"access_{slug}_{role}",
            {
                "name": f"{model._name} {role}",
                "model_id": loader.env["ir.model"]._get_id(model._name),
                "group_id": loader.env.ref(group).id,
                "perm_read": True,
                "perm_write": role == "manager",
                "perm_create": role == "manager",
                "perm_unlink": role == "manager",
            },
        )


def derive_rules(loader: Loader, model: BaseModel, slug: str) -> None:
    path = "company_id" if is_backend(model) else "backend_id.company_id"
    is_required = backend_of(model)._fields["company_id"].required
    companies = "company_ids" if is_required else "company_ids + [False]"
    loader.load(
        "ir.rule",
        f"{slug}_company_rule",
        {
            "name": f"{model._description}: multi-company",
            "model_id": loader.env["ir.model"]._get_id(model._name),
            "domain_force": f"[('{path}', 'in', {companies})]",
        },
        once=True,
    )


def _is_shown_to_employees(model: BaseModel) -> bool:
    """Return whether a record of Odoo lists bindings of this model to all users."""
    inverses = [
        inverse
        for field in model._fields.values()
        if field.type == "many2one" and not field.inherited
        for inverse in model.pool.field_inverses[field]
    ]
    return any(
        inverse.type == "one2many"
        and not inverse.groups
        and not _is_of_connector(model.env[inverse.model_name])
        for inverse in inverses
    )


def _is_of_connector(model: BaseModel) -> bool:
    return is_backend(model) or is_binding(model)
