"""A database that installs or uninstalls the addon starts without components."""

from odoo.api import Environment

from .databases import _component_databases


def pre_init_hook(env: Environment) -> None:
    """Remove the components of an earlier database of the same name."""
    _component_databases.pop(env.cr.dbname, None)


def uninstall_hook(env: Environment) -> None:
    """Remove the components: no builder will replace them anymore."""
    _component_databases.pop(env.cr.dbname, None)
