"""Mappers, modifiers and decorators: the import path used by connectors."""

from odoo.addons.component.core import AbstractComponent as AbstractComponent
from odoo.addons.component.exception import NoComponentError as NoComponentError

from ..exception import MappingError as MappingError
from .mapping.child import ExportMapChild, ImportMapChild, MapChild
from .mapping.declared import for_version
from .mapping.decorators import changed_by, mapping, only_create
from .mapping.definitions import MappingDefinition as MappingDefinition
from .mapping.export_mapper import ExportMapper
from .mapping.files import FileSource as FileSource
from .mapping.files import file, image
from .mapping.import_mapper import ImportMapper
from .mapping.mapper import Mapper
from .mapping.modifier import modifier
from .mapping.modifiers import (
    by_path,
    constant,
    convert,
    default,
    follow_m2o_relations,
    key,
    lower,
    method,
    none,
    optional,
    strip,
    upper,
)
from .mapping.options import MapOptions as MapOptions
from .mapping.record import MapRecord
from .mapping.relations import bound, external_to_m2o, lines, m2o_to_external
from .mapping.steps import Step, parse_date, parse_datetime, search_by, value_map

__all__ = [
    "ExportMapChild",
    "ExportMapper",
    "ImportMapChild",
    "ImportMapper",
    "MapChild",
    "MapRecord",
    "Mapper",
    "Step",
    "bound",
    "by_path",
    "changed_by",
    "constant",
    "convert",
    "default",
    "external_to_m2o",
    "file",
    "follow_m2o_relations",
    "for_version",
    "image",
    "key",
    "lines",
    "lower",
    "m2o_to_external",
    "mapping",
    "method",
    "modifier",
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
