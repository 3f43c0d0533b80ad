"""Write requirements.txt: what the addons' manifests need from the package index.

``python3 -m setup.requirements`` writes it, ``--check`` fails if it is out of date.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from . import paths
from .addons import Addon, in_folder

HEADER = "# generated from the manifests' external_dependencies\n"


def render(addons: Iterable[Addon]) -> str:
    """The text of requirements.txt: each requirement once, sorted."""
    needed = {
        requirement
        for addon in addons
        for requirement in addon.manifest.get("external_dependencies", {}).get(
            "python", ()
        )
    }
    return HEADER + "".join(f"{line}\n" for line in sorted(needed, key=str.lower))


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if out of date")
    parser.add_argument(
        "--root", type=Path, default=paths.CHECKOUT, help="folder of the addons"
    )
    options = parser.parse_args(argv)
    target = options.root / "requirements.txt"
    wanted = render(in_folder(options.root).values())
    if options.check:
        if not target.exists() or target.read_text(encoding="utf-8") != wanted:
            print(
                "requirements.txt is out of date: run python3 -m setup.requirements",
                file=sys.stderr,
            )
            return 1
        return 0
    target.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
