from .kiosk import KioskContract


class TestContract(KioskContract):
    """What the suite's mixins do is enough to hold all contracts."""
