"""Lookups of components, and events without listeners."""

from __future__ import annotations

from collections.abc import Iterator

from odoo.addons.component.core import Component, ComponentRegistry

from ..clock import per_second
from ..figure import Figure
from ..lab import Lab

MODELS = ("res.partner", "res.country", "res.currency", "res.lang", "res.users")
USAGES = ("adapter", "binder", "mapper", "importer", "exporter", "deleter")
COLLECTIONS = ("collection.base", "other.backend", "third.backend")
WARM_PER_RAW = 400_000 / 7_000


def measure(lab: Lab) -> Iterator[Figure]:
    """Yield the figures of lookups and of an event without listeners."""
    with lab.environment(lab.database(("component_event",))) as env:
        registry = of_some_connectors(env)
        work_env = env(context={"components_registry": registry})
        backend = work_env["collection.base"].new()
        with backend.work_on("res.partner") as work:
            pass

        def look_up():
            registry.lookup("collection.base", "mapper", "res.partner")

        def look_up_cold():
            registry._cache.clear()
            work.component(usage="mapper")

        def work_and_look_up():
            with backend.work_on("res.partner") as own:
                own.component(usage="mapper")

        for name, call, hold in (
            ("registry.lookup(), warm", look_up, WARM_PER_RAW),
            ("work.component(), warm", lambda: work.component("mapper"), WARM_PER_RAW),
            ("work.component(), cold", look_up_cold, None),
            (
                "work.component() of another model",
                lambda: work.component("mapper", model_name="res.users"),
                None,
            ),
            ("work_on() and component()", work_and_look_up, None),
        ):
            rate = per_second(call, lab.seconds)
            yield Figure(name, rate, "lookups/s", rate / lab.raw, hold=hold)

        partner = env["res.partner"].browse(1)

        def fire():
            partner._event("on_nothing").notify(partner)

        rate = per_second(fire, lab.seconds)
        yield Figure("an event without listeners", rate, "events/s", rate / lab.raw)
        rate = per_second(partner._listened_record_events, lab.seconds)
        yield Figure(
            "looking up the listeners of a record", rate, "times/s", rate / lab.raw
        )


def of_some_connectors(env) -> ComponentRegistry:
    """Return a registry with the components of three connectors."""
    registry = ComponentRegistry()
    env["component.builder"].build_registry(registry)
    for collection in COLLECTIONS:
        for usage in USAGES:
            for model in MODELS:
                name = f"{collection}.{model}.{usage}"
                declared = type(Component)(
                    name,
                    (Component,),
                    {
                        "__module__": "bench.tests",
                        "_name": name,
                        "_collection": collection,
                        "_usage": usage,
                        "_apply_on": [model],
                    },
                )
                declared._build_component(registry)
    registry.ready = True
    return registry
