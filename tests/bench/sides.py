"""The suite, and the addons of the same names, in turns."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from setup import addons, virtualenv

from .lab import Lab

PEER = tuple(
    f"odoo-addon-{name}==19.0.*"
    for name in ("connector", "component", "component_event", "queue_job")
)
#: What their manifests name and Odoo does not need.
LIBRARIES = ("cachetools", "openupgradelib")
ADDONS = Path(__file__).parent / "addons"


@dataclass(frozen=True, eq=False)
class Side:
    """A process that takes turns, see ``turns``."""

    process: subprocess.Popen[str]

    def take(self, task: str, count: int, unit: str = "seconds") -> float:
        """Run a task; return the seconds it took, or the ``instructions``.

        :raises RuntimeError: the process ended, see what it printed
        """
        self.process.stdin.write(f"{unit} {task} {count}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"The process of the task {task} has ended.")
        return float(answer)

    def stop(self) -> None:
        """End the process."""
        self.process.stdin.close()
        self.process.wait()


@dataclass
class Sides:
    """The two sides; ``peer`` is ``None`` where there is no package index."""

    ours: Side
    peer: Side | None

    def compare(
        self, task: str, count: int, seconds: float
    ) -> tuple[float, float | None]:
        """Run a task on both in turns of ``count`` records.

        :return: records per second of ours, and the ratio to the peer: the median of
            the turns next to each other, in changing order
        """
        sides = [side for side in (self.ours, self.peer) if side]
        turns: list[dict[Side, float]] = []
        for side in sides:
            side.take(task, count)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end or len(turns) < 20:
            turns.append({side: side.take(task, count) for side in sides})
            sides.reverse()
        rate = count / statistics.median(turn[self.ours] for turn in turns)
        if not self.peer:
            return rate, None
        ratio = statistics.median(turn[self.peer] / turn[self.ours] for turn in turns)
        return rate, ratio

    def count(self, task: str, count: int) -> tuple[float, float | None]:
        """Run a task of ``count`` records on both, caches filled.

        :return: instructions per record of ours, and how many times as many the peer's
            are
        """
        sides = [side for side in (self.ours, self.peer) if side]
        for side in sides:
            side.take(task, count)
        counts = [side.take(task, count, "instructions") / count for side in sides]
        return counts[0], counts[1] / counts[0] if self.peer else None


@contextmanager
def sides(lab: Lab) -> Iterator[Sides]:
    """Start the two sides, each on a database of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours = _start(lab, addons.own_addons_path(), ())
        stack.callback(ours.stop)
        peer = None
        if _download(folder):
            addons_path = [folder / "addons" / "odoo" / "addons"]
            peer = _start(lab, addons_path, [folder / "lib"])
            stack.callback(peer.stop)
        yield Sides(ours, peer)


def _download(folder: Path) -> bool:
    for name, packages in (("addons", ["--no-deps", *PEER]), ("lib", LIBRARIES)):
        done = subprocess.run(
            [
                *(virtualenv.python(), "-m", "pip", "install", "--quiet"),
                *("--target", folder / name, *packages),
            ],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            print(f"Not compared with the peer, no packages: {done.stderr[-300:]}")
            return False
    return True


def _start(lab: Lab, addons_path: Sequence[Path], libraries: Sequence[Path]) -> Side:
    folders = [*lab.runner.odoo.addons_path, *addons_path, ADDONS]
    options = [f"--addons-path={','.join(map(str, folders))}"]
    env = lab.process_environment(libraries)
    database = lab.database(("bench_import",), options=options, env=env)
    command = [virtualenv.python(), "-m", "bench.turns", database]
    process = subprocess.Popen(
        [*command, f"--config={lab.runner.configuration()}", *options],
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Side(process)
