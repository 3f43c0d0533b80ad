from .databases import _component_databases
from .registry import ComponentRegistry


def get_component_registry(dbname: str) -> ComponentRegistry | None:
    """Return the component registry of a database, ``None`` if not built yet."""
    return _component_databases.get(dbname)


def is_component_registry_ready(dbname: str) -> bool:
    """Return whether all components of a database are built."""
    registry = get_component_registry(dbname)
    return registry.ready if registry is not None else False
