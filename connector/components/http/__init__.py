"""The REST adapter, and what it is made of: authentication, pagination, errors."""

from . import adapter
