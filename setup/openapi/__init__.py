"""Reads how to synchronize an API from its OpenAPI description.

OpenAPI 3.0 and 3.1, and Swagger 2.0, as JSON or YAML. Only what a description says is
taken; what merely looks plausible becomes a comment for the author.
"""

from .authentication import auth_lines
from .collections import Collection, Unusable, find_collections
from .document import Document, load
from .planning import choose, model_plan

__all__ = [
    "Collection",
    "Document",
    "Unusable",
    "auth_lines",
    "choose",
    "find_collections",
    "load",
    "model_plan",
]
