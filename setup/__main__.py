"""Entry point: ``python3 -m setup COMMAND``. Any Python from 3.6 can read it."""

import sys

LOWEST, HIGHEST = (3, 10), (3, 13)


def refusal(version: "tuple[int, ...]") -> "str | None":
    """Return the line that tells why `version` (major, minor) won't do, or None."""
    if LOWEST <= version <= HIGHEST:
        return None
    lowest, highest, this = (
        ".".join(map(str, numbers)) for numbers in (LOWEST, HIGHEST, version)
    )
    return (
        f"Odoo 19 needs Python {lowest} to {highest}, this is Python {this}: "
        "name another, for example `make demo PYTHON=python3.12`"
    )


if __name__ == "__main__":
    reason = refusal(tuple(sys.version_info[:2]))
    if reason:
        sys.exit("setup: " + reason)
    from setup.cli import main

    sys.exit(main(sys.argv[1:]))
