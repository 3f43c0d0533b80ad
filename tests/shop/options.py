"""What the shop can be asked for, on the command line and in the environment."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from setup import ports

from .sizes import LONG, SHORT, Sizes

SHOP_PORT = 9000
ODOO_PORT = 8069


@dataclass(frozen=True)
class Options:
    """Sizes, ports, and how far to go."""

    sizes: Sizes
    stays: bool
    goes_through_everything: bool
    seed: int
    shop_port: int
    odoo_port: int


def parse(arguments: Sequence[str]) -> Options:
    """Return the options that `arguments` and the environment give."""
    parser = argparse.ArgumentParser(
        prog="python3 -m setup shop",
        usage='make shop ARGS="[options]"',
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="ports, in the environment:\n"
        f"  SHOP_PORT    the shop listens there (default: {SHOP_PORT})\n"
        f"  ODOO_PORT    Odoo listens there (default: {ODOO_PORT})",
    )
    parser.add_argument("--short", action="store_true", help=f"a small shop: {SHORT}")
    parser.add_argument(
        "--long",
        action="store_true",
        help="then go on: edits, faults, killed servers, deletions, orders at once",
    )
    parser.add_argument(
        "--serve", action="store_true", help="stay, for a browser, until Ctrl-C"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the random edits")
    given = parser.parse_args(arguments)
    return Options(
        sizes=SHORT if given.short else LONG,
        stays=given.serve,
        goes_through_everything=given.long,
        seed=given.seed,
        shop_port=ports.from_environment("SHOP_PORT", SHOP_PORT),
        odoo_port=ports.from_environment("ODOO_PORT", ODOO_PORT),
    )


def check_ports(options: Options) -> None:
    """Raise SetupError when one of the ports is taken."""
    ports.require_free(options.shop_port, "SHOP_PORT", "the shop")
    ports.require_free(options.odoo_port, "ODOO_PORT", "Odoo")
