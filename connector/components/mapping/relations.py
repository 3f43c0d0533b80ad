"""Modifiers of relations: external IDs to records of Odoo, and back."""

from __future__ import annotations

import logging
from typing import Any, Literal

from odoo import models

from ...exception import MappingError
from ..binding.external_id import known_external_id
from .modifier import Modifier, Source, is_received, is_zero, read, source_name

_logger = logging.getLogger(__name__)


class _ToExternal(Modifier):
    label = "m2o_to_external"

    def __init__(self, field: str, binding: str | None):
        super().__init__(field)
        self.binding = binding

    def _options(self):
        return [f"binding={self.binding!r}"] if self.binding else []

    def __call__(self, mapper, record, to_attr):
        field = _many2one(mapper, self.field)
        relation = self._value(mapper, record, to_attr)
        if not relation:
            return False
        binder = mapper.binder_for(self.binding or field.comodel_name)
        external_id = known_external_id(binder, relation.id, wrap=bool(self.binding))
        if external_id is None:
            raise MappingError(
                f"Field {self.field} of {record!r}: {relation!r} has no external ID in "
                f"{mapper.backend_record!r}. Export it first."
            )
        return external_id


class _ToMany2one(Modifier):
    label = "external_to_m2o"

    def __init__(self, field: Source, binding: str | None, may_be_gone: bool = False):
        super().__init__(field)
        self.binding, self.may_be_gone = binding, may_be_gone

    def _options(self):
        return [f"binding={self.binding!r}"] if self.binding else []

    def __call__(self, mapper, record, to_attr):
        value = self._value(mapper, record, to_attr)
        if not value and not is_zero(value):
            return False
        field = _many2one(mapper, to_attr)
        binder = mapper.binder_for(self.binding or field.comodel_name)
        found = binder.to_internal(value, unwrap=bool(self.binding))
        if isinstance(found, models.BaseModel):
            if not found and _has_merges(found):
                found = binder.binding_of_merged(value)
            found = found.id
        elif found:
            _logger.debug("Binder %s returned an ID, not a record.", binder)
        if found:
            return found
        if self.may_be_gone and self._is_gone(mapper, binder, value, field):
            return False
        if is_zero(value) or self._comes_later(mapper, binder, value, field):
            # Many systems write "no relation" as 0, even if 0 can be an ID elsewhere.
            return False
        raise MappingError(
            f"{source_name(self.field)} = {value!r}: no record of "
            f"{self.binding or field.comodel_name} is bound to this external ID in "
            f"{mapper.backend_record!r}, needed for {to_attr}. Import it first."
        )

    def _is_gone(self, mapper, binder, value: Any, field) -> bool:
        """Whether the external system said that the record does not exist."""
        state = vars(mapper.work).get("import_state")
        model = self.binding or field.comodel_name
        return bool(state) and (
            (model, binder.normalize_external_id(value)) in state.missing
        )

    def _comes_later(self, mapper, binder, value: Any, field) -> bool:
        """Whether the record is being imported, so that the reference is deferred."""
        state = vars(mapper.work).get("import_state")
        if state is None:
            return False
        key = (self.binding or field.comodel_name, binder.normalize_external_id(value))
        if key not in state.in_progress:
            return False
        if field.required:
            raise MappingError(
                mapper.env._(
                    "Circular dependency: requires %(model)s %(id)s, which requires "
                    "this record. Neither can be created first, because %(field)s is "
                    "required.",
                    model=binder.model._description,
                    id=value,
                    field=field._description_string(mapper.env),
                )
            )
        state.defer_until(key)
        return True


def name_of(model: str | type[models.BaseModel]) -> str:
    """Return the name of a model given as a class or by its name."""
    return model if isinstance(model, str) else model._name


class Bound(Modifier):
    """A relation to a record that is imported, or exported, before this one."""

    label = "bound"

    def __init__(
        self, field: Source, binding: str | type[models.BaseModel], missing: str
    ):
        super().__init__(field)
        #: Name of the binding model of the related record.
        self.binding: str = name_of(binding)
        #: What a record means that does not exist: an ``error``, or ``empty``.
        self.missing = missing

    def _options(self):
        return [repr(self.binding)]

    def external_id(self, mapper: Any, record: Any) -> Any:
        """Return the external ID in a received record, ``None`` if there is none."""
        if not is_received(self.field, record):
            return None
        return self._value(mapper, record, "")

    def relation(self, binding: models.BaseModel) -> models.BaseModel:
        """Return the related record of a binding to export."""
        return read(binding, source_name(self.field))

    def __call__(self, mapper, record, to_attr):
        if isinstance(record, models.BaseModel):
            wraps = self.relation(record)._name != self.binding
            return _ToExternal(self.field, (wraps and self.binding) or None)(
                mapper, record, to_attr
            )
        wraps = _many2one(mapper, to_attr).comodel_name != self.binding
        return _ToMany2one(
            self.field, (wraps and self.binding) or None, self.missing == "empty"
        )(mapper, record, to_attr)


class Lines:
    """The source of the lines of a record, each mapped by the map of its model."""

    def __init__(self, field: Source, binding: str | type[models.BaseModel]):
        self.field = source_name(field)
        self.is_optional = callable(field) and is_received(field, {})
        self.binding: str = name_of(binding)

    def __repr__(self):
        return f"lines({self.field!r}, {self.binding!r})"


def _has_merges(bindings: models.BaseModel) -> bool:
    """Whether external records were merged in Odoo, so that two share one binding.

    ``unwrap`` returns bound records, merged or not.
    """
    return bindings._name in bindings.env["connector.merged.binding"]._merged_models()


def _many2one(mapper, name: str):
    field = mapper.model._fields.get(name)
    if field is None or field.type != "many2one":
        raise ValueError(f"Field {name} of {mapper.model._name} is not a many2one.")
    return field


def m2o_to_external(field: str, binding: str | None = None) -> Modifier:
    """Map a many2one to the external ID of its record.

    :param binding: name of the model that binds the comodel; omit if the comodel is
        itself a binding model
    """
    return _ToExternal(field, binding)


def external_to_m2o(field: Source, binding: str | None = None) -> Modifier:
    """Map an external ID to a many2one, i.e. to the ID of the bound record.

    :param binding: name of the model that binds the comodel; omit if the comodel is
        itself a binding model
    """
    return _ToMany2one(field, binding)


def bound(
    field: Source,
    binding: str | type[models.BaseModel],
    missing: Literal["error", "empty"] = "error",
) -> Modifier:
    """Map an external ID to the record bound to it, or a record to its external ID.

    The related record is imported, or exported, first, if it is not bound yet.

    :param binding: binding model of the related record, as a class or by its name
    :param missing: whether a record that does not exist in the external system is an
        ``error`` of this one, or leaves the field ``empty``
    """
    return Bound(field, binding, missing)


def lines(field: Source, binding: str | type[models.BaseModel]) -> Lines:
    """Map a list of items to lines, whose own map says how.

    :param field: key of the items; ``optional("items")`` if it may be missing
    :param binding: model of the lines, as a class or by its name
    """
    return Lines(field, binding)
