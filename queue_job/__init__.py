from . import fields, models, wizards, controllers, jobrunner
from .post_init_hook import post_init_hook
from .uninstall_hook import uninstall_hook
from .job import identity_exact

__all__ = [
    "controllers",
    "fields",
    "identity_exact",
    "jobrunner",
    "models",
    "post_init_hook",
    "uninstall_hook",
    "wizards",
]
