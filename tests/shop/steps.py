"""What a connector goes through; after each step both sides must hold the same."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any

from setup.steps import say

from .api import ShopError
from .compare import Comparison, differences
from .edits import Edits
from .orders import place
from .stage import Stage

#: tables of Odoo that a flow without news must leave alone
QUIET = [
    "product_template",
    "product_product",
    "product_template_attribute_value",
    "res_partner",
    "sale_order",
    "sale_order_line",
    "stock_picking",
    "stock_move",
    "stock_quant",
    "product_pricelist_item",
]


class Steps:
    """Takes a stage through its steps; ``seed`` repeats the same random edits."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage = stage
        self.seed = seed
        self.compared: list[Comparison] = []
        self._count = 0

    def everything(self) -> list[str]:
        """Run all flows; return what is not the same on both sides then."""
        stage = self.stage
        runs = stage.odoo.run(stage.odoo.flows())
        stage.odoo.wait_for_jobs()
        self.compared = stage.compare()
        wrong = [
            f"flow {run['flow']} is {run['state']}, {run['failed']} failed: "
            f"{run['message']}"
            for run in runs
            if run["state"] != "done" or run["failed"]
        ]
        return [*wrong, *differences(self.compared)]

    def again(self) -> list[str]:
        """Run all flows without news; return what was written all the same."""
        stage = self.stage
        before, written = self._odoo_rows(), len(stage.proxy.writes)
        wrong = self.everything()
        wrong += [f"written: {line}" for line in stage.proxy.writes[written:][:5]]
        after = self._odoo_rows()
        changed = [table for table in QUIET if before[table] != after[table]]
        return wrong + [f"rows of {table} were written" for table in changed]

    def edited(self, count: int) -> list[str]:
        """Change `count` records of the shop."""
        self._edits().edit(count)
        return self.everything()

    def on_a_bad_line(self, count: int, share: float) -> list[str]:
        """Run the flows with this `share` of failing requests, then without."""
        self._edits().edit(count)
        with self.stage.proxy.failing(share, self.seed):
            runs = self.stage.odoo.run(self.stage.odoo.flows())
        say(f"    faults: {dict(self.stage.proxy.faults)}")
        say(f"    flows meanwhile: {[run['state'] for run in runs]}")
        if not self.stage.proxy.faults:
            return ["the proxy has put no fault in"]
        return self.everything()

    def killed(self, count: int) -> list[str]:
        """Kill a job server, and the shop, in the middle of the flows."""
        stage, odoo = self.stage, self.stage.odoo
        self._edits().edit(count)
        runs = [odoo.start_flow(name) for name in odoo.flows()]
        asked = stage.proxy.requests
        self._until(lambda: stage.proxy.requests > asked + 3)
        odoo.kill_worker()
        stage.shop.kill()
        odoo.start_worker()
        stage.shop.start()
        odoo.wait(runs)
        return self.everything()

    def deleted(self, share: float) -> list[str]:
        """Delete this `share` of the shop's products and customers."""
        self._edits().delete(share)
        return self.everything()

    def at_once(self, orders: int, edits: int) -> list[str]:
        """Place orders and edit records while flows run and webhooks arrive."""
        stage = self.stage
        stage.send_webhooks()
        buying = stage.buying()
        placed: list[str] = []
        refused: list[str] = []

        def buy() -> None:
            rng = random.Random(self.seed)
            for _turn in range(orders):
                try:
                    placed.append(place(buying, rng)["id"])
                except ShopError as error:
                    refused.append(str(error))

        buyer = threading.Thread(target=buy)
        editor = threading.Thread(target=self._edits().edit, args=[edits])
        for thread in (buyer, editor):
            thread.start()
        try:
            while buyer.is_alive() or editor.is_alive():
                stage.odoo.run(stage.odoo.flows())
        finally:
            for thread in (buyer, editor):
                thread.join()
            stage.shop.send_no_webhooks()
        wrong = self.everything()
        known = stage.database.orders().keys()
        lost = [order for order in placed if order not in known]
        if refused or len(placed) != orders:
            wrong.append(f"the shop placed {len(placed)} of {orders}: {refused[:1]}")
        return wrong + [f"order {order} is lost" for order in lost]

    def _edits(self) -> Edits:
        self._count += 1
        return Edits(self.stage.buying(), self.seed + self._count)

    def _odoo_rows(self) -> dict[str, Any]:
        """Return what changes of each table when one of its rows is written."""
        return {
            table: self.stage.database.rows(
                "SELECT count(*), sum(hashtext(id || ' ' || xmin)::bigint) "
                f"FROM {table}"
            )
            for table in QUIET
        }

    def _until(self, is_true: Callable[[], bool], seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while not is_true():
            if time.monotonic() > deadline:
                raise AssertionError(f"it took more than {seconds} seconds")
            time.sleep(0.02)
