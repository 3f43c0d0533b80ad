from collections.abc import Callable, Collection
from typing import Any

from .failure import explain


class CollectedEvents:
    """The listener methods that hear one event, in the order they are called."""

    def __init__(self, events: Collection[Callable]) -> None:
        self.events = events

    def notify(self, *args: Any, **kwargs: Any) -> None:
        """Call each listener method with these arguments.

        The first error goes to the caller, with a note that names the listener; the
        others are then not called. Raises ``TypeError`` for a listener that can't
        take the arguments.
        """
        for event in self.events:
            try:
                event(*args, **kwargs)
            except Exception as error:
                explain(event, args, kwargs, error)
                raise
