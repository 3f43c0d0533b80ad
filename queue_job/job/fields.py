"""The stored attributes of a job: one row of :data:`FIELDS` for each column.

To add one: a row here, and the field of ``queue.job`` of the same name. It is then
accepted by ``with_delay`` and ``delayable``, checked, stored, loaded and protected as
its row specifies.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from .properties import check_eta, check_integer, check_key, check_text, described
from .states import DEFAULT_MAX_RETRIES, DEFAULT_PRIORITY, ERROR_COLUMNS, PENDING
from .text import MOST_OF_LINE, MOST_OF_TEXT, is_true, text_of


class Written(Enum):
    """When a column is written."""

    #: With the row, never again: it identifies the job.
    ONCE = "once"
    #: With the row; afterwards only users change it.
    AT_FIRST = "at first"
    #: Whenever a job is stored that has changed it.
    ALWAYS = "always"


#: The default of an attribute that :class:`.Job` computes itself.
COMPUTED = object()


def _or_none(value):
    return value or None


@dataclass(frozen=True)
class JobField:
    """A column of the table ``queue_job``, its field of ``queue.job``, and its
    attribute of Job.

    * ``name``: of the column and the field
    * ``written``: when
    * ``attribute``: of Job, by default the same name
    * ``default``: of the attribute of a new job
    * ``is_loaded``: whether the attribute is read from the row
    * ``load``: converts a value of the column to the attribute; without it, an empty
      column leaves the default
    * ``is_option``: whether ``with_delay`` and ``delayable`` accept it
    * ``check``: returns what the column accepts for an option, called with the job, the
      name and the value; raises :class:`.InvalidJobError`
    * ``max_chars``: maximum number of characters kept of its text; 0: not free text
    * ``is_json``: it is a document, see :mod:`.codec`
    """

    name: str
    written: Written = Written.ALWAYS
    attribute: str = ""
    default: Any = None
    is_loaded: bool = True
    load: Callable[[Any], Any] | None = None
    is_option: bool = False
    check: Callable[[Any, str, Any], Any] | None = None
    max_chars: int = 0
    is_json: bool = False

    @cached_property
    def on_job(self) -> str:
        return self.attribute or self.name

    @cached_property
    def get(self) -> Callable[[Any], Any]:
        """Return the attribute of a job."""
        return operator.attrgetter(self.on_job)

    def value(self, job: Any) -> Any:
        """Return the value to write to the field for a job; False if empty."""
        value = self.get(job)
        if self.max_chars:
            has_value = is_true(value)
            return text_of(value, self.max_chars, job.lang) if has_value else False
        # an empty document is a value, and so is the number 0
        is_kept = self.is_json or type(self.default) is int
        return value if is_kept else value or False

    def restore(self, job: Any, value: Any) -> None:
        """Set the attribute of a job from its row."""
        if self.load:
            value = self.load(value)
        elif value is None:
            return
        setattr(job, self.on_job, value)


_ONCE, _AT_FIRST = Written.ONCE, Written.AT_FIRST

FIELDS = (
    # identity of the job
    JobField("uuid", _ONCE, default=COMPUTED),
    JobField(
        "name",
        _ONCE,
        "description",
        default=COMPUTED,
        is_option=True,
        check=described,
        max_chars=MOST_OF_LINE,
    ),
    JobField("date_created", _ONCE, default=COMPUTED),
    JobField("model_name", _ONCE, default=COMPUTED),
    JobField("method_name", _ONCE, default=COMPUTED),
    JobField(
        "func_string",
        _ONCE,
        default=COMPUTED,
        is_loaded=False,
        max_chars=MOST_OF_TEXT,
    ),
    JobField(
        "channel_method_name",
        _ONCE,
        "job_function_name",
        default=COMPUTED,
        is_loaded=False,
    ),
    JobField(
        "job_function_id",
        _ONCE,
        "job_config.job_function_id",
        default=COMPUTED,
        is_loaded=False,
    ),
    JobField("records", _ONCE, "recordset", default=COMPUTED, is_json=True),
    JobField("args", _ONCE, "_args", default=COMPUTED, is_json=True),
    JobField("kwargs", _ONCE, "_kwargs", default=COMPUTED, is_json=True),
    JobField("user_id", _AT_FIRST, default=COMPUTED, is_loaded=False),
    JobField("company_id", default=COMPUTED, load=_or_none),
    # how it runs
    JobField("priority", default=DEFAULT_PRIORITY, is_option=True, check=check_integer),
    JobField("eta", default=COMPUTED, is_option=True, check=check_eta),
    JobField(
        "max_retries",
        default=DEFAULT_MAX_RETRIES,
        load=lambda value: value or 0,
        is_option=True,
        check=check_integer,
    ),
    JobField("channel", _AT_FIRST, default=COMPUTED, is_option=True, check=check_text),
    JobField("identity_key", default=COMPUTED, is_option=True, check=check_key),
    JobField(
        "concurrency_key", _AT_FIRST, is_loaded=False, is_option=True, check=check_key
    ),
    JobField(
        "concurrency_limit",
        _AT_FIRST,
        is_loaded=False,
        is_option=True,
        check=check_integer,
    ),
    JobField("graph_uuid"),
    # its outcome
    JobField("state", default=PENDING),
    JobField("retry", default=0),
    JobField("date_enqueued"),
    JobField("date_started"),
    JobField("date_done"),
    JobField("date_cancelled"),
    JobField("exec_time", default=COMPUTED, is_loaded=False),
    JobField("worker_pid", load=_or_none),
    JobField("result", max_chars=MOST_OF_TEXT),
    JobField("exc_name", max_chars=MOST_OF_LINE),
    JobField("exc_message", max_chars=MOST_OF_LINE),
    JobField("exc_info", max_chars=MOST_OF_TEXT),
)

BY_NAME = {field.name: field for field in FIELDS}

#: Plain attributes of a new job.
DEFAULTS = {
    field.on_job: field.default for field in FIELDS if field.default is not COMPUTED
}
#: What ``with_delay`` and ``delayable`` take: in this order since they were first made.
OPTIONS = {
    BY_NAME[name].on_job: BY_NAME[name]
    for name in (
        *("priority", "eta", "max_retries", "name", "channel", "identity_key"),
        *(field.name for field in FIELDS if field.is_option),
    )
}
CHANGING = tuple(field for field in FIELDS if field.written is Written.ALWAYS)
FIXED = tuple(field for field in FIELDS if field.written is not Written.ALWAYS)
FIXED_NAMES = frozenset(field.name for field in FIXED)
#: What users cannot change either.
PROTECTED_NAMES = tuple(field.name for field in FIELDS if field.written is Written.ONCE)
JSON_NAMES = tuple(field.name for field in FIELDS if field.is_json)
#: Texts about what a job raised, and the maximum number of characters kept.
ERROR_TEXTS = {name: BY_NAME[name].max_chars for name in ERROR_COLUMNS}

#: Columns that a Job is made from; the others of its row are restored.
TARGET_NAMES = ("uuid", "model_name", "method_name", *JSON_NAMES)
RESTORED = tuple(
    field for field in FIELDS if field.is_loaded and field.name not in TARGET_NAMES
)
LOADED_COLUMNS = (
    "id",
    *TARGET_NAMES,
    "dependencies",
    *(field.name for field in RESTORED),
)
