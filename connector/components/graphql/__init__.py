"""The GraphQL adapter, and what it is made of: documents, paging, errors, costs."""

from . import adapter
