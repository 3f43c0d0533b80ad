"""The command line: ``python -m coffee_machine --port 8100 --firmware 2``."""

import argparse
import errno
import logging
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from . import moments
from .machine import Machine
from .memory import Memory
from .moments import Clock
from .server import Device
from .settings import FIRMWARES, Settings


def _moment(text: str) -> datetime:
    if text == "now":
        return Clock().now()
    try:
        return moments.read(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}, or now") from None


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to 65535")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    default = Settings()
    parser = argparse.ArgumentParser(
        prog="coffee_machine",
        description="A coffee machine with an HTTP API, to test connectors against.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--port", type=_port, default=8100, help="0 takes a free one")
    add("--firmware", type=int, choices=FIRMWARES, default=default.firmware)
    add("--seed", type=int, default=default.seed, help="same seed, same data")
    add(
        "--epoch",
        type=_moment,
        metavar="MOMENT",
        default=moments.write(default.epoch),
        help="when the seed data ends, ISO 8601, or now",
    )
    add("--recipes", type=int, default=default.recipes, metavar="N")
    add("--badges", type=int, default=default.badges, metavar="N")
    add("--brews", type=int, default=default.brews, metavar="N")
    add("--user", default=default.user)
    add("--password", default=default.password)
    add("--token-ttl", type=int, default=default.token_ttl, metavar="SECONDS")
    add(
        "--one-token",
        action="store_true",
        default=False,
        help="a login ends the token of the one before",
    )
    add(
        "--unkind",
        type=int,
        metavar="SEED",
        help="misbehave at every fifth call, in all ways, one token at a time",
    )
    add(
        "--memory",
        type=Path,
        metavar="FILE",
        help="keep what is written in this file, over restarts",
    )
    add("--verbose", action="store_true", default=False, help="log every request")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; return the exit code."""
    parser = _parser()
    options = vars(parser.parse_args(arguments))
    host, port = options.pop("host"), options.pop("port")
    verbose, memory = options.pop("verbose"), options.pop("memory")
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.WARNING,
        format="%(asctime)s %(message)s",
    )
    try:
        machine = Machine(Settings(**options), memory and Memory(memory))
    except (ValueError, OSError) as error:
        parser.error(str(error))
    # Blocked before the first thread starts, so that only sigwait gets them.
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    device = Device(machine, host, port)
    try:
        device.start()
    except OSError as error:
        sys.stderr.write(f"coffee_machine: {_reason(error, host, port)}\n")
        return 1
    firmware = machine.settings.firmware
    sys.stdout.write(f"coffee machine firmware {firmware} on {device.url}\n")
    sys.stdout.flush()
    signal.sigwait(signals)
    device.stop()
    machine.close()
    return 0


def _reason(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} of {host} is taken; stop what uses it, or choose another "
            "with --port (0 takes a free one)"
        )
    return f"cannot listen on {host} port {port}: {error.strerror or error}"
