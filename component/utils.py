from .databases import _component_databases
from .registry import ComponentRegistry


def get_component_registry(dbname: str) -> ComponentRegistry | None:
    """Return the components of a database, ``None`` when it has none (yet)."""
    return _component_databases.get(dbname)


def is_component_registry_ready(dbname: str) -> bool:
    """Tell whether the components of a database are all built."""
    registry = get_component_registry(dbname)
    return registry.ready if registry is not None else False
