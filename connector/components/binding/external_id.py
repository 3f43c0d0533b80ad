"""Valid external IDs, and how bindings store them.

APIs send IDs as numbers, texts, or numbers in texts; XML-RPC and spreadsheets send
``7.0``. A binding stores each ID in one form, given by its external field, and IDs are
compared in this form only. Texts are compared as they are: case, slashes, leading zeros
and the composition of accents are significant.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...exception import InvalidDataError

if TYPE_CHECKING:
    from odoo.models import BaseModel

#: Range of PostgreSQL's ``int4``, in which Odoo's Integer fields are stored.
_INT4 = range(-(2**31), 2**31)


def is_external_id(value: Any) -> bool:
    """Whether a value can be an external ID; 0 can."""
    return value is not None and not isinstance(value, bool) and value != ""


def known_external_id(binder: Any, record: BaseModel, **kwargs: bool) -> Any:
    """Return the external ID given by a binder; ``None`` if there is none.

    :param record: a binding or, with ``wrap``, a bound record; or its ID
    :param kwargs: ``wrap``, as for :meth:`Binder.to_external`
    """
    external_id = binder.to_external(record, **kwargs)
    if not is_external_id(external_id):
        return None
    # An Integer field that was never set reads 0.
    if external_id == 0 and not binder._is_bound(record, **kwargs):
        return None
    return external_id


class ExternalIdMixin:
    """The part of the binder that normalizes external IDs."""

    def normalize_external_id(self, external_id: Any) -> Any:
        """Return an external ID in the form in which bindings store it.

        :return: an ``int`` for an Integer field, a ``str`` for a Char field
        :raises InvalidDataError: it is not a valid ID, or the field cannot store it
        """
        kind = self.model._fields[self._external_field].type
        # The case of nearly all IDs.
        if kind == "integer":
            if type(external_id) is int and external_id in _INT4:
                return external_id
        elif (
            type(external_id) is str
            and external_id.isascii()
            and external_id
            and "\0" not in external_id
        ):
            return external_id
        if not is_external_id(external_id):
            raise self._not_an_id(external_id, self.env._("it is empty"))
        if isinstance(external_id, bytes | dict | list | tuple | set):
            why = self.env._(
                "expected a number or text, got %s", type(external_id).__name__
            )
            raise self._not_an_id(external_id, why)
        if isinstance(external_id, float | Decimal):
            external_id = self._whole(external_id)
        if kind == "integer":
            return self._integer(external_id)
        return self._text(external_id) if kind in ("char", "text") else external_id

    def _whole(self, number: float | Decimal) -> int | float | Decimal:
        try:
            return int(number) if number == int(number) else number
        except (OverflowError, ValueError) as error:
            raise self._not_an_id(number, self.env._("it is not a number")) from error

    def _integer(self, external_id: Any) -> int:
        try:
            number = int(str(external_id))
        except ValueError:
            number = None
        # int() also accepts "007" or "1_0", which may be different IDs.
        if number is None or str(number) != str(external_id):
            raise self._not_an_id(
                external_id,
                self.env._(
                    "%(field)s is an Integer field: use a Char field for text IDs",
                    field=self._field_label(),
                ),
            )
        if number not in _INT4:
            raise self._not_an_id(
                external_id,
                self.env._(
                    "it does not fit in the 32-bit Integer field %(field)s: use a "
                    "Char field",
                    field=self._field_label(),
                ),
            )
        return number

    def _text(self, external_id: Any) -> str:
        text = str(external_id)
        if "\0" in text or not _is_unicode(text):
            raise self._not_an_id(
                external_id, self.env._("it contains characters that cannot be stored")
            )
        return text

    def _field_label(self) -> str:
        return f"{self.model._name}.{self._external_field}"

    def _not_an_id(self, external_id: Any, why: str) -> InvalidDataError:
        return InvalidDataError(
            self.env._(
                "%(value)s is not a valid external ID of %(model)s: %(why)s.",
                value=repr(external_id)[:80],
                model=self.model._description,
                why=why,
            )
        )


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return True
