"""Derives the records of the backends and bindings of an addon."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .access import derive_access, derive_rules
from .kinds import is_derived, slug_of, sorted_models
from .loader import Loader
from .menus import derive_menus
from .views import derive_views

if TYPE_CHECKING:
    from odoo.api import Environment

#: In the order of their creation.
_KINDS = {
    "access": derive_access,
    "rules": derive_rules,
    "views": derive_views,
    "menus": derive_menus,
}


def derive(
    env: Environment, module: str, model_names: Iterable[str], update: bool
) -> None:
    """Create or update the records derived from the models of an addon.

    Records that are not derived any more are deleted by Odoo at the end of the update,
    like those that were removed from data files.

    :param module: the addon; models which it only extends are left out
    :param update: whether it is updated, not installed
    """
    models = [env[name] for name in model_names]
    models = sorted_models(m for m in models if m._original_module == module)
    if not models:
        return
    loader = Loader(env, module, update)
    for kind, derive_kind in _KINDS.items():
        for model in models:
            if is_derived(model, kind):
                derive_kind(loader, loader.env[model._name], slug_of(model))
