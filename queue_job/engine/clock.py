"""The clock with which the engine measures intervals; tests replace it."""

import time
from collections.abc import Callable

#: Returns seconds that never go back, from any zero.
Clock = Callable[[], float]

monotonic: Clock = time.monotonic
