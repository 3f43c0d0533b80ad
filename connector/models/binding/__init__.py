"""Bindings, and what exports keep of them."""

from . import external
from . import coalesced
from . import receipt
from . import merged
from . import pending
from . import binding
from . import deletion
from . import failed
