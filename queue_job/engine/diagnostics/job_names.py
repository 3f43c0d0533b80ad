"""How sentences name jobs: by the description, and enough of the uuid to find them."""

#: Jobs that one sentence names.
_MOST_NAMED = 4


def job_name(uuid: str, name: str | None) -> str:
    """Return such as "Import order 12 (0b3c5a52)"."""
    return f"{name or ''} ({uuid[:8]})".strip()


def job_names(rows: list[tuple]) -> str:
    """Return the names of some jobs, of rows that begin with uuid and name."""
    said = ", ".join(job_name(*row[:2]) for row in rows[:_MOST_NAMED])
    return f"{said}, …" if len(rows) > _MOST_NAMED else said
