"""The declaration of a binding model in a few lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from odoo import api, fields, models

from .components.mapping.relations import name_of
from .declaration_place import DeclarationError, mistake_in, unknown
from .empty_hook import empty_hook
from .line_of import LineOf
from .resource import Resource

if TYPE_CHECKING:
    from typing import Self

    from odoo.api import Environment

    from .components.mapping.declared import Entry


class Binding(models.Model):
    """Python base of binding models, which adds what all of them need.

    ::

        class ShopPartner(Binding):
            _name = "shop.res.partner"
            _description = "Shop Customer"
            _backend = "shop.backend"
            _binds = "res.partner"
            _resource = Resource("/customers", list_key="customers")
            _import_map = [("email", "email"), (optional("phone"), "phone")]

    The model inherits ``connector.binding``, and gets ``backend_id``, ``external_id``,
    with ``_binds`` also ``odoo_id`` and ``_inherits``, and the constraints that make
    both unique for a backend. A field that the class defines itself is kept.
    """

    _register = False

    #: Model of the backend; ``None`` if ``_inherit`` names a model that has the fields
    #: of the backend and of the external ID.
    _backend: ClassVar[str | None] = None
    #: Model whose records are bound; ``None`` if the records exist only here.
    _binds: ClassVar[str | None] = None
    #: Name of the one2many to the bindings, to add to the bound model.
    _bindings_field: ClassVar[str | None] = None
    #: Set on lines: the record they belong to.
    _line_of: ClassVar[LineOf | None] = None
    #: Name of the field of the external ID; ``external_id`` if not set.
    _external_field: ClassVar[str]
    #: Type of the external ID: ``fields.Integer`` for numbers below 2,147,483,648.
    _external_id_type: ClassVar[type[fields.Field]] = fields.Char
    #: How the API serves the records; lines have none of their own.
    _resource: ClassVar[Resource | None] = None
    #: What the import maps: ``(source, name of a field)``, see :mod:`.api`.
    _import_map: ClassVar[Sequence[Entry]] = ()
    #: What the export maps: ``(name of a field, key)``; ``price.amount`` is a key in a
    #: dict.
    _export_map: ClassVar[Sequence[Entry]] = ()
    #: Whether changes in Odoo are exported when they are made.
    _export_on_change: ClassVar[bool] = True
    #: Fields of the bound record that :meth:`_export_domain` depends on.
    _export_domain_fields: ClassVar[frozenset[str]] = frozenset()
    #: Whether archiving in Odoo deletes the record in the external system.
    _archive_deletes: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = vars(cls)
        is_extension = own.get("_name") in own.get("_inherit", ())
        if not own.get("_register", True) or is_extension:
            return
        if not cls._backend and not own.get("_inherit"):
            raise TypeError(
                f"Binding {cls.__name__}: set _backend to the model of its backend."
            )
        if cls._backend:
            cls._inherit = [*own.get("_inherit", ()), "connector.binding"]
            cls._add_backend(cls._backend)
        if cls._binds:
            cls._check_declared("_binds", cls._binds)
            cls._add_bound_record(cls._binds)
        if cls._line_of:
            cls._check_declared("_line_of", name_of(cls._line_of.model))
            cls._add_line(cls._line_of)

    @classmethod
    def _check_declared(cls, attribute: str, model: str) -> None:
        """Check that a model is declared before this one.

        :raises DeclarationError: it is not
        """
        declared = {
            definition._name
            for definitions in type(cls)._module_to_models__.values()
            for definition in definitions
        }
        if model not in declared:
            why = unknown("model declared before", model, declared)
            raise DeclarationError(mistake_in(cls, attribute, model, why))

    @classmethod
    def _add(cls, name: str, member: Any) -> None:
        """Add a field or a constraint, unless the class has one of this name."""
        if not any(name in vars(base) for base in cls.__mro__):
            setattr(cls, name, member)
            member.__set_name__(cls, name)

    @classmethod
    def _add_backend(cls, backend: str) -> None:
        kind = cls._external_id_type
        name = getattr(cls, "_external_field", "external_id")
        cls._add(
            "backend_id",
            fields.Many2one(
                backend, "Backend", required=True, index=True, ondelete="restrict"
            ),
        )
        cls._add(name, kind("External ID", copy=False))
        empty = "0" if kind is fields.Integer else "''"
        cls._add(
            "_external_unique",
            models.UniqueIndex(
                f"(backend_id, {name}) WHERE {name} != {empty}",
                _already_bound_to_id,
            ),
        )

    @classmethod
    def _add_bound_record(cls, bound: str) -> None:
        cls._inherits = {**cls._inherits, bound: "odoo_id"}
        cls._add(
            "odoo_id",
            fields.Many2one(
                bound, "Odoo Record", required=True, index=True, ondelete="cascade"
            ),
        )
        cls._add(
            "_odoo_unique",
            models.Constraint(
                "UNIQUE (backend_id, odoo_id)", _already_bound_to_backend
            ),
        )
        if cls._bindings_field:
            bindings = fields.One2many(cls._name, "odoo_id")
            _extend(cls, bound, {cls._bindings_field: bindings})

    @classmethod
    def _add_line(cls, line_of: LineOf) -> None:
        parent = name_of(line_of.model)
        many2one = fields.Many2one(
            parent, required=True, index=True, ondelete="cascade"
        )
        cls._add(line_of.field, many2one)
        _extend(cls, parent, {line_of.lines: fields.One2many(cls._name, line_of.field)})

    @api.model
    def _export_domain(self, backend: models.BaseModel) -> list | None:
        """Return the domain of the Odoo records to export to a backend, bound or not.

        ``None``: the records bound to the backend.
        """
        return None

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        line_of = self._line_of
        if line_of and line_of.odoo_field:
            parents = self.env[self._fields[line_of.field].comodel_name]
            vals_list = [
                {line_of.odoo_field: parents.browse(parent_id).odoo_id.id, **vals}
                if (parent_id := vals.get(line_of.field))
                else vals
                for vals in vals_list
            ]
        return super().create(vals_list)

    @empty_hook
    def _after_import(self) -> None:
        """Do what follows an import of this record, in the same transaction.

        Called each time the record was imported, whether that changed a value or not;
        not for lines, and not by the import preview. The record as it was mapped is
        ``self.env.context["connector_record"]``. Changes made here are exported, unless
        the context has ``connector_no_export``.
        """

    def unlink(self) -> bool:
        """Delete lines together with their bound records; others keep them."""
        bound = self.odoo_id if self._line_of and self._binds else None
        result = super().unlink()
        if bound:
            bound.exists().unlink()
        return result


def _already_bound_to_id(env: Environment, diagnostics: Any) -> str:
    return env._("Another record is already bound to this external ID.")


def _already_bound_to_backend(env: Environment, diagnostics: Any) -> str:
    return env._("This record is already bound to the backend.")


def _extend(cls: type[Binding], model: str, members: dict[str, Any]) -> None:
    """Declare an extension of another model, in the addon of a binding."""
    name = f"{cls.__name__}Of{model.title().replace('.', '')}"
    type(cls)(
        name,
        (models.Model,),
        {"__module__": cls.__module__, "_inherit": model, **members},
    )
