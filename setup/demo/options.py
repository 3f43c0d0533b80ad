"""What the demo can be asked for, on the command line and in the environment."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from .. import ports
from ..errors import SetupError

DATABASE_PREFIX = "suite_demo_"
ODOO_PORT = 8069
COFFEE_PORT = 8100


@dataclass(frozen=True)
class Options:
    """Sizes and ports of one demo."""

    odoo_port: int
    coffee_port: int
    firmwares: tuple[int, ...]
    recipes: int
    badges: int
    brews: int
    contacts: int
    workers: int
    patience: int

    @property
    def database(self) -> str:
        """Return the name of the database: of two demos at once each has its own."""
        return f"{DATABASE_PREFIX}{self.odoo_port}"

    def check_ports(self) -> None:
        """Raise SetupError when one of the ports is taken, or is given twice."""
        if self.odoo_port == self.coffee_port:
            raise SetupError(
                f"ODOO_PORT and COFFEE_PORT are both {self.odoo_port}: Odoo and the "
                "coffee machine need a port each"
            )
        ports.require_free(self.odoo_port, "ODOO_PORT", "Odoo")
        ports.require_free(self.coffee_port, "COFFEE_PORT", "the coffee machine")


def parse(arguments: Sequence[str], *, stay: bool = False) -> Options:
    """Return the options that `arguments` and the environment give.

    What stays is for a browser: without a proxy before it, Odoo's live updates need
    the server that is one process. Else HTTP and jobs have processes of their own.
    """
    command = "serve" if stay else "demo"
    parser = argparse.ArgumentParser(
        prog=f"python3 -m setup {command}",
        usage=f'make {command} ARGS="[options]"',
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"ports, in the environment, such as make {command} "
        f"ODOO_PORT={ODOO_PORT + 1}:\n"
        f"  ODOO_PORT    Odoo listens there (default: {ODOO_PORT})\n"
        f"  COFFEE_PORT  the coffee machine listens there (default: {COFFEE_PORT})",
    )
    for name, default, text in (
        ("firmware", 0, "only a machine with this firmware, 1 or 2; 0: one of each"),
        ("recipes", 120, "recipes on the machine"),
        ("badges", 40, "badges on the machine, before Odoo adds its own"),
        ("brews", 2000, "coffees that were drunk"),
        ("contacts", 25, "contacts in Odoo that get a badge"),
        ("workers", 0 if stay else 2, "HTTP workers; 0: one process with threads"),
        ("patience", 600, "seconds without any progress until the demo gives up"),
    ):
        help_text = f"{text} (default: {default})"
        parser.add_argument(f"--{name}", type=int, default=default, help=help_text)
    given = parser.parse_args(arguments)
    if given.firmware not in (0, 1, 2):
        parser.error("--firmware is 1 or 2, or 0 for one machine of each")
    if given.contacts < 1:
        parser.error("--contacts is 1 or more: one of them is renamed")
    firmware = vars(given).pop("firmware")
    return Options(
        firmwares=(firmware,) if firmware else (2, 1),
        odoo_port=ports.from_environment("ODOO_PORT", ODOO_PORT),
        coffee_port=ports.from_environment("COFFEE_PORT", COFFEE_PORT),
        **vars(given),
    )
