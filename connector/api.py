"""What the author of a connector needs, from one place.

::

    from odoo.addons.connector.api import Binding, Flow, Resource, bound, optional
"""

from .binding import Binding, LineOf
from .components.http.auth import BasicAuth, BearerAuth, HmacAuth, LoginAuth, Token
from .components.http.pagination import (
    CursorPaging,
    KeysetPaging,
    LastIdPaging,
    LinkPaging,
    OffsetPaging,
    PagePaging,
)
from .components.mapper import (
    bound,
    by_path,
    changed_by,
    constant,
    convert,
    default,
    for_version,
    key,
    lines,
    lower,
    mapping,
    none,
    only_create,
    optional,
    parse_date,
    parse_datetime,
    search_by,
    strip,
    upper,
    value_map,
)
from .flow import Flow
from .resource import Resource
