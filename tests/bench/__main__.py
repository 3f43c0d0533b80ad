"""``python3 -m setup bench [MEASURE ...] [--seconds S] [--json FILE]``."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from dataclasses import asdict

from . import measures
from .lab import Lab
from .table import print_figure, print_head


def main() -> int:
    """Run the measures named, or all, and print a line for each figure."""
    known = sorted(module.name for module in pkgutil.iter_modules(measures.__path__))
    parser = argparse.ArgumentParser(prog="python3 -m setup bench")
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=", ".join(known))
    parser.add_argument(
        "--seconds", type=float, default=1.0, help="how long one figure is measured"
    )
    parser.add_argument("--json", help="also write the figures to this file")
    options = parser.parse_args()
    if unknown := set(options.measures) - set(known):
        parser.error(f"no measure {', '.join(sorted(unknown))}: {', '.join(known)}")
    figures = []
    with Lab(options.seconds) as lab:
        print_head(lab)
        for name in options.measures or known:
            module = importlib.import_module(f"{measures.__name__}.{name}")
            for figure in module.measure(lab):
                print_figure(figure)
                figures.append(figure)
    if options.json:
        with open(options.json, "w") as output:
            rows = [asdict(figure) for figure in figures]
            json.dump({"raw": lab.raw, "figures": rows}, output, indent=2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
