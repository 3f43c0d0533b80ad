from collections.abc import Callable, Collection
from typing import Any

from .failure import explain


class CollectedEvents:
    """The listener methods of one event, in calling order."""

    def __init__(self, events: Collection[Callable]) -> None:
        self.events = events

    def notify(self, *args: Any, **kwargs: Any) -> None:
        """Call each listener method with these arguments.

        The first error propagates, with a note that names the listener; the remaining
        listeners are not called.

        :raises TypeError: a listener does not accept the arguments
        """
        for event in self.events:
            try:
                event(*args, **kwargs)
            except Exception as error:
                explain(event, args, kwargs, error)
                raise
