"""JSON of jobs: records, dates and XML elements survive the trip to the database."""

import json
from datetime import date, datetime

import dateutil.parser
import lxml.etree

from odoo import fields, models
from odoo.tools import lazy
from odoo.tools.misc import SENTINEL


class JobSerialized(fields.Field):
    """A Python structure stored as JSON, records included.

    ``base_type`` is what an empty value stands for: ``dict``, ``list``, ``tuple``
    (reads back as a list) or ``models.BaseModel`` (an empty recordset of ``base``).

    Rows written by older versions hold a JSON *string* whose text is the document;
    reading takes both forms, writing makes the plain one.
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

    def convert_to_column(self, value, record, values=None, validate=True):
        return self.convert_to_cache(value, record, validate=validate)

    def convert_to_cache(self, value, record, validate=True):
        # cache format: JSON text, or what the driver makes of a jsonb column
        if value is None or value is False or value == "":
            return None
        if isinstance(value, str):
            return value
        return json.dumps(value, cls=JobEncoder)

    def convert_to_record(self, value, record):
        return self._decode(value, record.env)

    def _decode(self, value, env):
        """Return the Python structure of a cached or stored ``value``."""
        if isinstance(value, str) and value:
            value = json.loads(value)
        if value is None or value == "":
            value = json.loads(self._base_type_default_json(env))
        return _revive(value, env)

    def convert_to_export(self, value, record):
        if not value:
            return ""
        return json.dumps(value, cls=JobEncoder)


class JobEncoder(json.JSONEncoder):
    """Encode what jobs are made of: records, dates, XML elements, lazy values."""

    def _get_record_context(self, obj):
        """Return the part of the context of ``obj`` which is kept in the job."""
        return obj._job_prepare_context_before_enqueue()

    def default(self, obj):
        if isinstance(obj, models.BaseModel):
            return {
                "_type": "odoo_recordset",
                "model": obj._name,
                "ids": obj.ids,
                "uid": obj.env.uid,
                "su": obj.env.su,
                "context": self._get_record_context(obj),
            }
        if isinstance(obj, datetime):
            return {"_type": "datetime_isoformat", "value": obj.isoformat()}
        if isinstance(obj, date):
            return {"_type": "date_isoformat", "value": obj.isoformat()}
        if isinstance(obj, lxml.etree._Element):
            return {
                "_type": "etree_element",
                "value": lxml.etree.tostring(obj, encoding=str),
            }
        if isinstance(obj, lazy):
            return obj._value
        return super().default(obj)


class JobDecoder(json.JSONDecoder):
    """Decode what :class:`JobEncoder` wrote, in the environment ``env``.

    :raises KeyError: when the model of a stored recordset is gone
    """

    def __init__(self, *args, **kwargs):
        env = kwargs.pop("env")
        super().__init__(*args, object_hook=self.object_hook, **kwargs)
        self.env = env

    def object_hook(self, obj):
        return _decode_object(obj, self.env)


def _revive(value, env):
    """Return parsed JSON with the objects of :class:`JobEncoder` made again."""
    if isinstance(value, dict):
        return _decode_object({key: _revive(v, env) for key, v in value.items()}, env)
    if isinstance(value, list):
        return [_revive(item, env) for item in value]
    return value


def _decode_object(obj, env):
    kind = obj.get("_type")
    if kind is None:
        return obj
    if kind == "odoo_recordset":
        # rows of old versions may lack the user, the su flag and the context
        env = env(user=obj.get("uid"), su=obj.get("su"))
        if obj.get("context"):
            env = env(context=dict(env.context, **obj["context"]))
        return env[obj["model"]].browse(obj["ids"])
    if kind == "datetime_isoformat":
        return dateutil.parser.parse(obj["value"])
    if kind == "date_isoformat":
        return dateutil.parser.parse(obj["value"]).date()
    if kind == "etree_element":
        return lxml.etree.fromstring(obj["value"])
    return obj
