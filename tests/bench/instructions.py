"""Counting instructions of Python's bytecode, the same in each run.

What a call does in C, such as queries, counts as the one instruction that calls it. So
the count tells how much Python runs, whatever else the machine does.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def instructions(call: Callable[[], object]) -> int:
    """Return how many instructions a call executes in this thread."""
    count = 0

    def trace(frame: FrameType, event: str, _argument: Any) -> Callable:
        nonlocal count
        frame.f_trace_lines = False
        frame.f_trace_opcodes = True
        if event == "opcode":
            count += 1
        return trace

    former = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(former)
    return count
