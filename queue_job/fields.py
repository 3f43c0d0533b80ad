"""JSON of jobs: the field that stores it, and the encoders that addons extend."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from odoo import fields, models
from odoo.tools import lazy
from odoo.tools.misc import SENTINEL

from .exception import UndecodableJobError
from .job import codec, marks

if TYPE_CHECKING:
    from odoo.api import Environment
    from odoo.models import BaseModel


class JobSerialized(fields.Field):
    """A Python structure stored as JSON, records included; see :mod:`.job.codec`.

    ``base_type`` is the type of an empty value: ``dict``, ``list``, ``tuple`` (decoded
    as a list) or ``models.BaseModel`` (an empty recordset of ``base``).

    The column contains a JSON string whose text is the document. Native JSON, as
    written by an older version, is read as well. A ``str`` value is a document.
    """

    type = "job_serialized"
    _column_type = ("jsonb", "jsonb")

    _base_type = None

    _default_json_mapping = {
        dict: "{}",
        list: "[]",
        tuple: "[]",
    }

    def __init__(self, string=SENTINEL, base_type=SENTINEL, **kwargs):
        super().__init__(string=string, _base_type=base_type, **kwargs)

    def _setup_attrs__(self, model, name):
        super()._setup_attrs__(model, name)
        if self._base_type is not models.BaseModel and (
            self._base_type not in self._default_json_mapping
        ):
            raise ValueError(f"{self._base_type} is not a supported base type")

    def _base_type_default_json(self, env):
        """Return the JSON text of the empty value."""
        if self._base_type is models.BaseModel:
            return json.dumps(env["base"], cls=JobEncoder)
        return self._default_json_mapping[self._base_type]

    def convert_to_column(
        self, value: Any, record: BaseModel, values: Any = None, validate: bool = True
    ) -> Any:
        document = self.convert_to_cache(value, record, validate=validate)
        return document if document is None else json.dumps(document)

    def convert_to_cache(
        self, value: Any, record: BaseModel, validate: bool = True
    ) -> Any:
        # cache format: text of the document, or a native value as parsed by the driver
        if value is None or value is False or value == "":
            return None
        if isinstance(value, str):
            return value
        return self.encode(value)

    def encode(self, value: Any, name: str = "") -> str:
        """Return the document of ``value``: its JSON text.

        :param name: name of the value in errors
        :raises InvalidJobError: naming what cannot be stored
        """
        if self._base_type is tuple and isinstance(value, tuple):
            value = list(value)
        return codec.dumps(value, JobEncoder().default, name or self.name)

    def decode(self, document: Any, env: Environment) -> Any:
        """Return the value of a document, given as text or as read from the column.

        :raises KeyError: if the model of a stored recordset does not exist
        :raises UndecodableJobError: if it cannot be decoded
        """
        if document is None or document == "":
            document = self._base_type_default_json(env)
        try:
            return codec.loads(document, JobDecoder(env=env).object_hook)
        except KeyError:
            raise
        except Exception as error:
            kind = type(error)
            reason = str(error) or kind.__name__
            if not isinstance(error, UndecodableJobError):
                kind = UndecodableJobError
            raise kind(f"{self} cannot be decoded: {reason}") from error

    def convert_to_record(self, value: Any, record: BaseModel) -> Any:
        return self.decode(value, record.env)

    def convert_to_export(self, value: Any, record: BaseModel) -> Any:
        if not value:
            return ""
        return json.dumps(value, cls=JobEncoder)


class JsonLiteral(JobSerialized):
    """A literal written by users and data files: JSON, whose keys are strings."""

    def encode(self, value: Any, name: str = "") -> str:
        return json.dumps(value, default=JobEncoder().default)


class JobEncoder(json.JSONEncoder):
    """Encodes the arguments of jobs; see :mod:`.job.codec`.

    Other addons may extend ``default`` for their own types: it returns a dict with a
    ``"_type"`` that ``JobDecoder.object_hook`` decodes.

    :raises InvalidJobError: for values that cannot be stored
    """

    def _get_record_context(self, obj):
        """Return the part of the context of ``obj`` to keep in the job."""
        return obj._job_prepare_context_before_enqueue()

    def encode(self, o: Any) -> Any:
        return "".join(self.iterencode(o))

    def iterencode(self, o: Any, _one_shot: bool = False) -> Iterator[str]:
        tree, _is_bare = codec.to_json(o, self.default)
        return super().iterencode(tree, _one_shot=True)

    def default(self, obj: Any) -> Any:
        if isinstance(obj, lazy):
            return obj._value
        marked = marks.mark(obj, self._get_record_context)
        return super().default(obj) if marked is None else marked


class JobDecoder(json.JSONDecoder):
    """Decodes what :class:`JobEncoder` wrote, in the environment ``env``.

    A dict with an unknown ``"_type"`` is left unchanged.

    :raises KeyError: if the model of a stored recordset does not exist
    """

    def __init__(self, *args, **kwargs):
        env = kwargs.pop("env")
        super().__init__(*args, object_hook=self.object_hook, **kwargs)
        self.env = env

    def object_hook(self, obj: Any) -> Any:
        return marks.unmark(obj, self.env)
