from . import receiver
