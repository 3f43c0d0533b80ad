from . import fields, models, wizards
from .hooks import post_init_hook
from .job import identity_exact

__all__ = ["fields", "identity_exact", "models", "post_init_hook", "wizards"]
