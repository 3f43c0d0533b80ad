from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    ``ratio`` compares it: to RAW (``against`` is "RAW"), or to something measured in
    the same run. ``hold`` is the ratio to hold: the lowest, or with ``at_most`` the
    highest.
    """

    measure: str
    value: float
    unit: str
    ratio: float | None = None
    against: str = "RAW"
    hold: float | None = None
    at_most: bool = False

    @property
    def holds(self) -> bool | None:
        """Tell whether the ratio holds, ``None`` when there is none to hold."""
        if self.hold is None or self.ratio is None:
            return None
        if self.at_most:
            return self.ratio <= self.hold
        return self.ratio >= self.hold
