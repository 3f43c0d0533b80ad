"""Imports and exports over HTTP: records of one model, each with two relations.

The external system is a coffee machine in a process of its own. Jobs are left out: what
is measured is what they do, commits included.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from odoo.addons.connector.components.importing.batch import BatchImporter

from ..figure import Figure
from ..lab import Lab
from ..machine import backend, machine

BREWS, ONE_BY_ONE, BADGES = 5000, 1000, 1000


def measure(lab: Lab) -> Iterator[Figure]:
    """Yield the rates of imports, one by one and as a whole, and of an export."""
    database = lab.database(("connector_coffee",))
    sizes = {"recipes": 40, "badges": 40, "brews": BREWS + 3 * ONE_BY_ONE}
    with machine(**sizes) as url, lab.environment(database) as env:
        kitchen = backend(env, url)
        with kitchen.work_on("coffee.brew", binding_cache={}) as work:
            batch = work.component(usage="batch.importer")
        pages = _pages(batch.backend_adapter)

        def one_job_a_record(records):
            for record in records:
                env["coffee.brew"].import_record(kitchen, record["id"])
                env.cr.commit()

        fetched = _rate(env, ONE_BY_ONE, pages, one_job_a_record)
        yield _figure(lab, "import, read and committed one by one", fetched)
        single = _rate(
            env, ONE_BY_ONE, pages, lambda page: BatchImporter._import_page(batch, page)
        )
        yield _figure(lab, "import of pages, record by record", single)
        bulk = _rate(env, BREWS, pages, batch._import_page)
        yield _figure(lab, "bulk import of 5,000", bulk)
        yield Figure(
            "bulk import of 5,000",
            bulk,
            "records/s",
            bulk / single,
            against="record by record",
            hold=5.0,
        )
        yield Figure(
            "bulk import of 5,000",
            bulk,
            "records/s",
            bulk / fetched,
            against="one by one",
            hold=5.0,
        )
        yield _figure(lab, "export of 1,000", _export(env, kitchen))


def _pages(adapter) -> Iterator[list[dict]]:
    positions = [None]
    while positions:
        records, following = adapter.read_page(None, positions.pop())
        yield records
        positions += following


def _rate(env, count: int, pages: Iterator[list[dict]], work: Callable) -> float:
    """Return records per second, the reading of their pages included."""
    done = 0
    begun = time.perf_counter()
    while done < count:
        page = next(pages)
        work(page)
        env.cr.commit()
        env.invalidate_all()
        done += len(page)
    return done / (time.perf_counter() - begun)


def _export(env, kitchen) -> float:
    """Return how many new contacts are exported per second."""
    partners = env["res.partner"].create(
        [{"name": f"Drinker {number}"} for number in range(BADGES)]
    )
    badges = env["coffee.res.partner"].with_context(connector_no_export=True)
    bindings = badges.create(
        [{"backend_id": kitchen.id, "odoo_id": partner.id} for partner in partners]
    )
    ids = bindings.ids
    env.cr.commit()
    begun = time.perf_counter()
    for binding_id in ids:
        env.invalidate_all()
        badges.browse(binding_id).export_record()
        env.cr.commit()
    return BADGES / (time.perf_counter() - begun)


def _figure(lab: Lab, name: str, rate: float) -> Figure:
    return Figure(name, rate, "records/s", rate / lab.raw)
