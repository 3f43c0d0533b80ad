"""A filled shop, Odoo, and the proxy between them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from setup.odoo_run import Runner
from setup.processes import Processes

from . import api, odoo, orders, seed
from .compare import Comparison, compare
from .ground import Ground
from .odoo import Odoo
from .odoo_side import Database
from .proxy import Proxy
from .server import Shop
from .sizes import Sizes

WAREHOUSE = "Gent"


@dataclass
class Stage:
    """Both sides of a connector, and the line between them."""

    shop: Shop
    ground: Ground
    odoo: Odoo
    proxy: Proxy
    servers: Processes

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
def set_up(
    runner: Runner, sizes: Sizes, shop_port: int = 0, odoo_port: int = 0
) -> Iterator[Stage]:
    """Start everything on new databases, with the backend made; stop and drop it.

    :raises SetupError: Node is missing, or a server does not start
    """
    shop_seed = seed.ensure(sizes)
    with (
        Processes() as servers,
        seed.copy_of(shop_seed, shop_port) as shop,
        odoo.running(runner, servers, odoo_port) as running,
    ):
        shop.start(servers)
        proxy = Proxy(shop.url)
        ground = shop_seed.ground()
        try:
            running.connect(
                {
                    "name": "Kettle & Cup",
                    "location": proxy.url,
                    "api_key": ground.secret_key,
                }
            )
            yield Stage(shop, ground, running, proxy, servers)
        finally:
            servers.stop_all()
            proxy.close()
