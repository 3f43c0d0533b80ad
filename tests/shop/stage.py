"""A filled shop, Odoo, and the proxy between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from setup.odoo_run import Runner

from . import api, odoo, orders
from .compare import Comparison, compare
from .ground import Ground
from .odoo import Odoo
from .odoo_side import Database
from .proxy import Proxy
from .server import Shop


@dataclass
class Stage:
    """Both sides of a connector, and the line between them."""

    shop: Shop
    ground: Ground
    odoo: Odoo
    proxy: Proxy

    @property
    def admin(self) -> api.Api:
        """Return the shop's API; a shop that was killed forgets no key."""
        return api.with_key(self.shop.url, self.ground.secret_key)

    @property
    def database(self) -> Database:
        """Return Odoo's database."""
        return Database(self.odoo.database)

    def buying(self) -> orders.Buying:
        """Return what orders can be placed of and by now."""
        buyer = api.as_buyer(self.shop.url, self.ground.publishable_key)
        return orders.prepare(self.admin, buyer, self.ground)

    def compare(self) -> list[Comparison]:
        """Compare both sides."""
        return compare(self.admin, self.database)

    def send_webhooks(self) -> None:
        """Have the shop send its events to Odoo from now on."""
        call = self.odoo.client.call
        action = call(odoo.BACKEND, "action_open_webhook", [self.odoo.backend])
        shown = call(action["res_model"], "action_renew", [action["res_id"]])["context"]
        self.shop.send_webhooks(shown["default_url"], shown["default_secret"])


@contextmanager
def beside(
    runner: Runner, shop: Shop, ground: Ground, odoo_port: int = 0
) -> Iterator[Stage]:
    """Start Odoo beside a running shop, with the backend made; stop it in the end.

    :raises SetupError: Odoo does not start, or can't install the connector
    """
    proxy = Proxy(shop.url)
    try:
        with odoo.running(runner, odoo_port) as running:
            running.connect(
                {
                    "name": "Kettle & Cup",
                    "location": proxy.url,
                    "api_key": ground.secret_key,
                }
            )
            yield Stage(shop, ground, running, proxy)
    finally:
        proxy.close()
