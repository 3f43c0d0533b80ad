"""What the author of a connector needs, from one place.

::

    from odoo.addons.connector.api import Binding, Flow, Resource, bound, optional
"""

from .binding import Binding
from .components.http.auth import (
    ApiKeyAuth,
    BasicAuth,
    BearerAuth,
    HmacAuth,
    LoginAuth,
    NoAuth,
    Token,
    TokenLogin,
)
from .components.http.pagination import (
    CursorPaging,
    KeysetPaging,
    LastIdPaging,
    LinkPaging,
    OffsetPaging,
    PagePaging,
    Paging,
)
from .components.mapper import (
    MapRecord,
    bound,
    by_path,
    changed_by,
    constant,
    convert,
    default,
    file,
    follow_m2o_relations,
    for_version,
    image,
    key,
    lines,
    lower,
    mapping,
    method,
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
from .line_of import LineOf
from .resource import Resource

__all__ = [
    "ApiKeyAuth",
    "BasicAuth",
    "BearerAuth",
    "Binding",
    "CursorPaging",
    "Flow",
    "HmacAuth",
    "KeysetPaging",
    "LastIdPaging",
    "LineOf",
    "LinkPaging",
    "LoginAuth",
    "MapRecord",
    "NoAuth",
    "OffsetPaging",
    "PagePaging",
    "Paging",
    "Resource",
    "Token",
    "TokenLogin",
    "bound",
    "by_path",
    "changed_by",
    "constant",
    "convert",
    "default",
    "file",
    "follow_m2o_relations",
    "for_version",
    "image",
    "key",
    "lines",
    "lower",
    "mapping",
    "method",
    "none",
    "only_create",
    "optional",
    "parse_date",
    "parse_datetime",
    "search_by",
    "strip",
    "upper",
    "value_map",
]
