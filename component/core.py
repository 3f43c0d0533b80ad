"""Public import path of the addon: re-exports what other addons use."""

from .cache import DEFAULT_CACHE_SIZE
from .component import AbstractComponent, Component
from .databases import ComponentDatabases, _component_databases
from .declaration import MetaComponent, _get_addon_name
from .exception import NoComponentError, RegistryNotReadyError, SeveralComponentError
from .registry import ComponentRegistry
from .work_context import WorkContext

__all__ = [
    "DEFAULT_CACHE_SIZE",
    "AbstractComponent",
    "Component",
    "ComponentDatabases",
    "ComponentRegistry",
    "MetaComponent",
    "NoComponentError",
    "RegistryNotReadyError",
    "SeveralComponentError",
    "WorkContext",
    "_component_databases",
    "_get_addon_name",
]
