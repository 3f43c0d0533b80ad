"""The call of a job: the recordset, the method and its arguments."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from odoo import models

from .marks import MAPPINGS
from .text import repr_of

if TYPE_CHECKING:
    from odoo.api import Environment


def _is_model_method(func) -> bool:
    """Tell whether ``func`` is a method bound to a recordset."""
    return inspect.ismethod(func) and isinstance(func.__self__, models.BaseModel)


def first_line_of_doc(func: Any, default: str) -> str:
    """Return the first non-empty line of the docstring of ``func``."""
    for line in (func.__doc__ or "").splitlines():
        if line.strip():
            return line.strip()
    return default


class JobTarget:
    """The part of a job that never changes once it is stored."""

    @property
    def model_name(self) -> str:
        return self._model_name

    @property
    def env(self) -> Environment:
        return self.recordset.env

    @property
    def _env(self):
        return self.recordset.env

    @_env.setter
    def _env(self, env):
        self.recordset = self.recordset.with_env(env)

    @property
    def lang(self) -> str | None:
        """Language code from the job's context, None if it has none."""
        return self.env.context.get("lang")

    @property
    def user_id(self) -> int:
        return self.recordset.env.uid

    @property
    def func(self) -> Callable[..., Any]:
        """The bound method, with the job's uuid in its context."""
        recordset = self.recordset.with_context(job_uuid=self.uuid)
        return getattr(recordset, self.method_name)

    @property
    def job_function_name(self) -> str:
        """Name of the job function of the method, ``<model.name>.method``."""
        if self._job_function_name is None:
            functions = self.env["queue.job.function"]
            self._job_function_name = functions.job_function_name(
                self._model_name, self.method_name
            )
        return self._job_function_name

    @property
    def func_string(self) -> str:
        """The call as text; addons search it, so its layout must not change."""
        arguments = [repr_of(arg) for arg in self._args]
        arguments += [f"{key}={repr_of(value)}" for key, value in self._kwargs.items()]
        return f"{self.recordset!r}.{self.method_name}({', '.join(arguments)})"

    @property
    def args(self) -> tuple:
        """Arguments, copied and bound to the job's current cursor."""
        return self._bind_to_cursor(self._args)

    @args.setter
    def args(self, value: Any) -> None:
        self._args = value

    @property
    def kwargs(self) -> dict[str, Any]:
        return self._bind_to_cursor(self._kwargs)

    @kwargs.setter
    def kwargs(self, value: Any) -> None:
        self._kwargs = value

    def _bind_to_cursor(self, value):
        if isinstance(value, models.BaseModel):
            return value.with_env(value.env(cr=self.env.cr))
        kind = type(value)
        if kind in (list, tuple, set, frozenset):
            return kind(self._bind_to_cursor(item) for item in value)
        if isinstance(value, dict):
            items = {
                self._bind_to_cursor(key): self._bind_to_cursor(item)
                for key, item in value.items()
            }
            if kind is defaultdict:
                return defaultdict(value.default_factory, items)
            return kind(items) if kind in MAPPINGS else items
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            # a namedtuple takes its items as arguments
            return kind(*(self._bind_to_cursor(item) for item in value))
        return value

    @property
    def description(self) -> str:
        """Text for users: the one given, or the method's docstring, or its name."""
        return self._description or first_line_of_doc(
            getattr(self.recordset, self.method_name, None),
            f"{self.model_name}.{self.method_name}",
        )

    @description.setter
    def description(self, value: Any) -> None:
        self._description = value

    @property
    def channel(self) -> Any:
        return self._channel or self.job_config.channel

    @channel.setter
    def channel(self, value: Any) -> None:
        self._channel = value

    @property
    def identity_key(self) -> str | None:
        """The key, computed once if it was given as a callable."""
        if self._identity_key is None and self._identity_key_func:
            self._identity_key = self._identity_key_func(self)
        return self._identity_key

    @identity_key.setter
    def identity_key(self, value: Any) -> None:
        is_function = callable(value)
        self._identity_key = None if is_function else value
        self._identity_key_func = value if is_function else None
