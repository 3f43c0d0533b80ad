from collections.abc import Callable
from functools import wraps
from typing import Any


def skip_if(cond: Callable[..., Any]) -> Callable[[Callable], Callable]:
    """Decorate a listener method to be skipped when ``cond`` is true.

    ``cond`` receives the arguments of the method, the listener first::

        @skip_if(lambda self, record, fields=None: record.env.context.get("no_export"))
        def on_record_write(self, record, fields=None):
            ...

    A skipped method returns ``None``.
    """

    def decorate(method: Callable) -> Callable:
        @wraps(method)
        def unless_skipped(*args: Any, **kwargs: Any) -> Any:
            if cond(*args, **kwargs):
                return None
            return method(*args, **kwargs)

        return unless_skipped

    return decorate
