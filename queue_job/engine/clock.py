"""Which clock the engine measures intervals with; tests give it one that they set."""

import time
from collections.abc import Callable

#: Returns seconds that never go back, from any zero.
Clock = Callable[[], float]

monotonic: Clock = time.monotonic
