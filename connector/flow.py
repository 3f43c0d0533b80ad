"""What a connector declares of each of its synchronisations."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Flow:
    """One thing a backend synchronises: its button, its schedule, its runs.

    ``name``
        never changes: the schedule is kept under it
    ``label``
        what the button says, like *Import brews*
    ``direction``
        ``import`` or ``export``
    ``model``
        the binding model
    ``since``
        query parameter that asks for what changed since the last complete import
    ``method``
        of the backend, to start it otherwise than by its ``_start_sync``
    """

    name: str
    label: str
    direction: str
    model: str
    since: str | None = None
    method: str | None = None
