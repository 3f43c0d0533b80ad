"""Mappers, modifiers and decorators: the import path used by connectors."""

from odoo.addons.component.core import AbstractComponent as AbstractComponent
from odoo.addons.component.exception import NoComponentError as NoComponentError

from ..exception import MappingError as MappingError
from .mapping.child import ExportMapChild, ImportMapChild, MapChild
from .mapping.decorators import changed_by, mapping, only_create
from .mapping.definitions import MappingDefinition as MappingDefinition
from .mapping.files import FileSource as FileSource
from .mapping.files import file, image
from .mapping.mapper import ExportMapper, ImportMapper, Mapper
from .mapping.modifiers import (
    by_path,
    convert,
    default,
    follow_m2o_relations,
    none,
    optional,
)
from .mapping.options import MapOptions as MapOptions
from .mapping.record import MapRecord
from .mapping.relations import external_to_m2o, m2o_to_external

__all__ = [
    "ExportMapChild",
    "ExportMapper",
    "ImportMapChild",
    "ImportMapper",
    "MapChild",
    "MapRecord",
    "Mapper",
    "by_path",
    "changed_by",
    "convert",
    "default",
    "external_to_m2o",
    "file",
    "follow_m2o_relations",
    "image",
    "m2o_to_external",
    "mapping",
    "none",
    "only_create",
    "optional",
]
