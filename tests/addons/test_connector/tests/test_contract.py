from .kiosk import KioskContract


class TestContract(KioskContract):
    """The mixins fulfil all contracts."""
