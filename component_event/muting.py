class _Muted(str):
    """A value that can be told from all that comes in from outside."""

    __slots__ = ()


# value of the context key ``no_record_events``: compared by identity, so that no caller
# from outside can keep the listeners from hearing what it does
MUTED = _Muted("muted")
