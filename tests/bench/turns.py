"""A process that takes turns: it runs tasks on one database, on request.

``python -m bench.turns DATABASE OPTION...``, with options of Odoo, reads lines
``UNIT TASK COUNT`` from its standard input, and answers each with the ``seconds`` or
``instructions`` that it took. The suite and the addons it is compared with take turns
in processes of their own, so that what slows the machine down slows both.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from functools import partial

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.tools import config

from .instructions import instructions

#: Seconds that a task takes, by name.
Task = Callable[[int], float]


def main(database: str, *options: str) -> None:
    """Run tasks until the input ends."""
    quiet = ["--no-http", "--log-level=error", "--max-cron-threads=0"]
    config.parse_config([*options, *quiet], setup_logging=True)
    with Registry(database).cursor() as cr:
        tasks = Tasks(Environment(cr, SUPERUSER_ID, {}))
        cr.commit()  # pylint: disable=invalid-commit
        gc.disable()
        for line in sys.stdin:
            unit, name, count = line.split()
            gc.collect()
            task = partial(getattr(tasks, name), int(count))
            print(task() if unit == "seconds" else instructions(task), flush=True)


class Tasks:
    """The tasks; each returns the seconds that ``count`` records took."""

    def __init__(self, env: Environment) -> None:
        from odoo.addons.bench_import.components import importer, mapper
        from odoo.addons.bench_import.models import HAS_IMPORTERS

        self.has_importers = HAS_IMPORTERS

        self.env = env
        self.record, self.versions = mapper.record, importer.Adapter.versions
        self.backend = env["bench.backend"].create({"name": "Memory"})
        self.numbers = iter(range(10**9))
        self.known: list[str] = []

    def direct(self, count: int) -> float:
        """Map records by six direct mappings."""
        return self._map("direct.mapper", count)

    def modifiers(self, count: int) -> float:
        """Map records of six fields by modifiers and methods."""
        return self._map("modifier.mapper", count)

    def mixed(self, count: int) -> float:
        """Map records by ten direct mappings and three methods."""
        return self._map("import.mapper", count)

    def create(self, count: int) -> float:
        """Import new contacts."""
        ids = [f"C{next(self.numbers)}" for _number in range(count)]
        self.versions.update(dict.fromkeys(ids, 0))
        self.known = ids
        return self._import(ids)

    def only_create(self, count: int) -> float:
        """Create new contacts as an import does, without anything else."""
        model = self.env["bench.contact.binding"]
        model = model.with_context(connector_no_export=True)
        begun = time.perf_counter()
        for _number in range(count):
            number = next(self.numbers)
            with self.backend.work_on("bench.contact.binding") as work:
                map_record = work.component(usage="import.mapper").map_record
            values = map_record(self.record(number)).values(for_create=True)
            model.create({**values, "external_id": f"C{number}"})
            self._commit()
        return time.perf_counter() - begun

    def bulk(self, count: int) -> float:
        """Import a page of new contacts, as declared models do; the peer has no such
        import, and imports the records of the page in one transaction."""
        ids = [f"C{next(self.numbers)}" for _number in range(count)]
        self.versions.update(dict.fromkeys(ids, 0))
        begun = time.perf_counter()
        with self.backend.work_on("bench.contact.binding") as work:
            if self.has_importers:
                records = [self.record(int(external_id[1:])) for external_id in ids]
                work.component(usage="batch.importer")._import_page(records)
            else:
                for external_id in ids:
                    work.component(usage="record.importer").run(external_id)
        self._commit()
        return time.perf_counter() - begun

    def update(self, count: int) -> float:
        """Import the last contacts again, with two of their fields changed."""
        for external_id in self.known:
            self.versions[external_id] += 1
        return self._import(self.known[:count])

    def unchanged(self, count: int) -> float:
        """Import the last contacts again."""
        return self._import(self.known[:count])

    def _map(self, usage: str, count: int) -> float:
        record = self.record(1)
        with self.backend.work_on("bench.contact.binding") as work:
            map_record = work.component(usage=usage).map_record
        begun = time.perf_counter()
        for _number in range(count):
            map_record(record).values(for_create=True)
        return time.perf_counter() - begun

    def _import(self, external_ids: list[str]) -> float:
        begun = time.perf_counter()
        for external_id in external_ids:
            with self.backend.work_on("bench.contact.binding") as work:
                work.component(usage="record.importer").run(external_id)
            self._commit()
        return time.perf_counter() - begun

    def _commit(self) -> None:
        self.env.cr.commit()  # pylint: disable=invalid-commit
        self.env.invalidate_all()


if __name__ == "__main__":
    main(*sys.argv[1:])
