from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .cache import DEFAULT_CACHE_SIZE, LookupCache
from .declaration import MetaComponent
from .matching import has_match_condition
from .ranking import preferred

if TYPE_CHECKING:
    from .component import AbstractComponent

_UNKNOWN = object()


class ComponentRegistry:
    """The built components of one database, and the lookups among them.

    ``_components``
        name -> built class, in order of first registration
    ``_loaded_modules``
        addons whose components are built
    ``_cache``
        lookup results; not invalidated when a component is added, because a registry
        is complete before it is used: tests that add one call ``_cache.clear()``
    ``ready``
        whether all components are built
    ``dbname``
        database it is published for, ``None`` for a private registry
    """

    def __init__(self, cachesize: int = DEFAULT_CACHE_SIZE) -> None:
        self._cache = LookupCache(cachesize)
        self._components: dict[str, type[AbstractComponent]] = {}
        self._loaded_modules: set[str] = set()
        self.ready = False
        self.dbname: str | None = None

    def __getitem__(self, key: str) -> type[AbstractComponent]:
        return self._components[key]

    def __setitem__(self, key: str, value: type[AbstractComponent]) -> None:
        self._components[key] = value

    def __contains__(self, key: str) -> bool:
        return key in self._components

    def __iter__(self) -> Iterator[str]:
        return iter(self._components)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the built class of this name, or ``default``."""
        return self._components.get(key, default)

    def load_components(self, module: str) -> None:
        """Build the components of an addon, in order of declaration, once."""
        if module in self._loaded_modules:
            return
        for declared in list(MetaComponent._modules_components.get(module, ())):
            declared._build_component(self)
        self._loaded_modules.add(module)

    def lookup(
        self,
        collection_name: str | None = None,
        usage: str | None = None,
        model_name: str | None = None,
    ) -> list[type[AbstractComponent]]:
        """Return the concrete components that match, in order of registration.

        ``None`` sets no condition. Components without collection match any
        collection, those without ``_apply_on`` any model; those without usage match
        no usage.
        """
        key = (collection_name, usage, model_name)
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = tuple(
                component
                for component in list(self._components.values())
                if self._matches(component, collection_name, usage, model_name)
            )
        return list(found)

    @staticmethod
    def _matches(
        component: type[AbstractComponent],
        collection_name: str | None,
        usage: str | None,
        model_name: str | None,
    ) -> bool:
        own, models = component._collection, component.apply_on_models
        return (
            not component._abstract
            and (collection_name is None or own is None or own == collection_name)
            and (usage is None or component._usage == usage)
            and (model_name is None or models is None or model_name in models)
        )

    def resolve(
        self, collection_name: str, usage: str | None, model_name: str
    ) -> type[AbstractComponent] | None:
        """Return the component of a lookup without extra keywords, from the cache.

        ``None`` when there is none or several, or when it has a match condition of
        its own (``_component_match``): ``WorkContext.component`` then resolves the
        lookup in full, and explains a failure.
        """
        key = ("resolve", collection_name, usage, model_name)
        found = self._cache.get(key, _UNKNOWN)
        if found is _UNKNOWN:
            candidates = self.lookup(collection_name, usage, model_name)
            candidates = preferred(candidates, collection_name, model_name)
            # a component without a match condition always accepts, so that the best
            # of all candidates is the best of those that accept
            sure = len(candidates) == 1 and not has_match_condition(candidates[0])
            found = self._cache[key] = candidates[0] if sure else None
        return found
