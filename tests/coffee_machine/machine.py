"""The coffee machine itself: what it knows and what it can do, without HTTP."""

import threading
from dataclasses import replace
from types import ModuleType
from typing import Any

from . import firmware1, firmware2, seed
from .counters import Statistics
from .errors import Invalid, NotFound
from .faults import Faults, unkind_plan
from .idempotency import Key, Responses
from .memory import Memory
from .moments import Clock, write
from .records import Badge, Brew, Recipe
from .settings import Settings
from .store import Store, Table
from .tokens import Tokens
from .webhooks import Webhooks

WIRE: dict[int, ModuleType] = {1: firmware1, 2: firmware2}


class Machine:
    """One device. ``wire`` is how its firmware writes and reads records.

    ``stopping`` is set while the machine goes down, to end waits.
    """

    def __init__(self, settings: Settings | None = None, memory: Memory | None = None):
        self.settings = settings or Settings()
        self.memory = memory
        self.wire = WIRE[self.settings.firmware]
        self.stopping = threading.Event()
        self._begin()

    def reset(self) -> None:
        """Back to the seed data: forget what was written, said and counted."""
        self.close()
        if self.memory:
            self.memory.forget()
        self._begin()

    def _begin(self) -> None:
        settings = self.settings
        self.clock = Clock()
        self.store = Store(settings)
        self.tokens = Tokens(
            settings.user,
            settings.password,
            settings.token_ttl,
            settings.one_token or settings.unkind is not None,
        )
        self.faults = Faults(
            None if settings.unkind is None else unkind_plan(settings.unkind)
        )
        self.responses = Responses()
        self.statistics = Statistics()
        self.webhooks = Webhooks(self.statistics)
        if self.memory:
            self.memory.load(settings, self.store, self.responses)

    def close(self) -> None:
        """End the threads that bring events."""
        self.webhooks.close()

    def keep(self, key: Key | None) -> None:
        """Have the memory keep what was just written, and the answer to its key."""
        changes = self.store.take_changes()
        if self.memory and changes:
            self.memory.keep(changes, key and (key, self.responses.known[key]))

    def info(self) -> dict[str, Any]:
        return {
            "vendor": "Crema Works",
            "model": "Barista 9000",
            "serial": seed.serial(self.settings),
            "firmware": self.settings.firmware,
            "time": write(self.clock.now()),
        }

    def data(self, firmware: int | None = None) -> dict[str, list]:
        """All records, as ``firmware`` (the machine's own by default) writes them."""
        wire = WIRE[firmware or self.settings.firmware]
        with self.store.lock:
            return {
                "recipes": [wire.recipe(r) for r in self.store.recipes.all()],
                "badges": [wire.badge(b) for b in self.store.badges.all()],
                "brews": [wire.brew(b, self.store) for b in self.store.brews.all()],
            }

    def recipe(self, recipe_id: int) -> Recipe:
        return _found(self.store.recipes, recipe_id, "recipe")

    def badge(self, badge_id: int) -> Badge:
        return _found(self.store.badges, badge_id, "badge")

    def brew(self, brew_id: int) -> Brew:
        return _found(self.store.brews, brew_id, "brew")

    def update_recipe(self, recipe_id: int, changes: dict[str, Any]) -> Recipe:
        with self.store.lock:
            return self._update(self.store.recipes, self.recipe(recipe_id), changes)

    def create_badge(self, values: dict[str, Any]) -> Badge:
        with self.store.lock:
            self._require_free_ref(values)
            return self.store.badges.put(
                Badge(
                    **{"holder_email": None, "ref": None, "active": True, **values},
                    id=self.store.badges.take_id(),
                    updated_at=self.clock.now(),
                )
            )

    def update_badge(self, badge_id: int, changes: dict[str, Any]) -> Badge:
        with self.store.lock:
            badge = self.badge(badge_id)
            self._require_free_ref(changes, badge)
            return self._update(self.store.badges, badge, changes)

    def delete_badge(self, badge_id: int) -> None:
        """The brews of the badge stay, and keep its id."""
        with self.store.lock:
            self.store.badges.remove(self.badge(badge_id).id)

    def badges_with_ref(self, ref: str) -> list[Badge]:
        return [badge for badge in self.store.badges.all() if badge.ref == ref]

    def pour(self, recipe_id: int, badge_id: int) -> Brew:
        """Make a cup now, tell the webhooks. Raises Invalid."""
        with self.store.lock:
            recipe = self.store.recipes.get(recipe_id)
            badge = self.store.badges.get(badge_id)
            if not (recipe and recipe.active):
                raise Invalid("recipe_id", f"there is no active recipe {recipe_id}")
            if not (badge and badge.active):
                raise Invalid("badge_id", f"there is no active badge {badge_id}")
            now = self.clock.now()
            brew = Brew(
                id=self.store.brews.take_id(),
                recipe_id=recipe_id,
                badge_id=badge_id,
                price_cents=recipe.price_cents,
                brewed_at=now,
                updated_at=now,
            )
            self.store.brews.put(brew)
            content = self.wire.brew(brew, self.store)
            self.webhooks.publish("brew.created", brew=content)
            return brew

    def _update(self, table: Table, record, changes: dict[str, Any]):
        """Store the changed record; one that stays the same keeps its moment."""
        changed = replace(record, **changes)
        if changed == record:
            return record
        return table.put(replace(changed, updated_at=self.clock.now()))

    def _require_free_ref(self, values: dict[str, Any], badge: Badge | None = None):
        ref = values.get("ref")
        if ref is not None and any(b != badge for b in self.badges_with_ref(ref)):
            raise Invalid("ref", f"another badge has the ref {ref!r}")


def _found(table: Table, record_id: int, what: str):
    record = table.get(record_id)
    if record is None:
        raise NotFound(f"there is no {what} {record_id}")
    return record
