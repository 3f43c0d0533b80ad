"""Names of jobs in messages: the description, and the start of the uuid."""

#: Maximum number of jobs named in one message.
_MOST_NAMED = 4


def job_name(uuid: str, name: str | None) -> str:
    """Return a name such as "Import order 12 (0b3c5a52)"."""
    return f"{name or ''} ({uuid[:8]})".strip()


def job_names(rows: list[tuple]) -> str:
    """Return the names of jobs from rows that begin with uuid and name."""
    names = ", ".join(job_name(*row[:2]) for row in rows[:_MOST_NAMED])
    return f"{names}, …" if len(rows) > _MOST_NAMED else names
