class _Suppressed(str):
    """A value that no external caller can create."""

    __slots__ = ()


# value of the context key ``no_record_events``: compared by identity, so that an RPC
# caller cannot suppress events
SUPPRESSED = _Suppressed("suppressed")
