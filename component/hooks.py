"""A database that gains or loses the addon starts without components."""

from odoo.api import Environment

from .databases import _component_databases


def pre_init_hook(env: Environment) -> None:
    """Forget the components of a former database of the same name."""
    _component_databases.pop(env.cr.dbname, None)


def uninstall_hook(env: Environment) -> None:
    """Forget the components: no builder will replace them any more."""
    _component_databases.pop(env.cr.dbname, None)
