"""Describes method calls to run later, and stores them as jobs.

``with_delay()`` and ``delayable()`` of every model use this. Test helpers replace the
names ``Job`` and ``must_run_without_delay`` in this module: use them as globals.
"""

from __future__ import annotations

import inspect
import logging
from typing import TYPE_CHECKING, Any

from odoo.models import BaseModel

from .delayable_graph import DelayableChain, DelayableGraph, DelayableGroup
from .graph import Graph
from .job import Job, first_line_of_doc
from .job.fields import OPTIONS
from .job.properties import described
from .utils import must_run_without_delay

if TYPE_CHECKING:
    from typing import Self

__all__ = [
    "Delayable",
    "DelayableChain",
    "DelayableGraph",
    "DelayableGroup",
    "DelayableRecordset",
    "Graph",
    "Job",
    "chain",
    "group",
    "must_run_without_delay",
]

_logger = logging.getLogger(__name__)

#: Those that are no parameters of the constructor of :class:`.Job`.
_MORE_OPTIONS = tuple(
    name for name in OPTIONS if name not in inspect.signature(Job).parameters
)


def group(*delayables: Any) -> DelayableGroup:
    """Return the group of ``delayables``: they run in parallel, in any order.

    Members may be delayables, chains and groups::

        group(records.delayable().a(), records.delayable().b()).delay()
    """
    return DelayableGroup(*delayables)


def chain(*delayables: Any) -> DelayableChain:
    """Return the chain of ``delayables``: each one runs when the previous one is done.

    Members may be delayables, chains and groups::

        chain(group(one, two), records.delayable().after_both()).delay()
    """
    return DelayableChain(*delayables)


class Delayable:
    """A method of a recordset, its arguments and job properties, not yet stored.

    Calling any method of the model records the call and returns the Delayable.
    """

    _properties = tuple(OPTIONS)
    __slots__ = (
        *_properties,
        "recordset",
        "_graph",
        "_job_method",
        "_job_args",
        "_job_kwargs",
        "_generated_job",
    )

    def __init__(
        self,
        recordset,
        priority=None,
        eta=None,
        max_retries=None,
        description=None,
        channel=None,
        identity_key=None,
        **options,
    ):
        self._graph = DelayableGraph()
        self._graph.add_vertex(self)

        self.recordset = recordset

        self.priority = priority
        self.eta = eta
        self.max_retries = max_retries
        self.description = description
        self.channel = channel
        self.identity_key = identity_key
        for name in _MORE_OPTIONS:
            setattr(self, name, options.pop(name, None))
        if options:
            raise TypeError(
                f"Unknown job options: {', '.join(options)}. Available options: "
                f"{', '.join(self._properties)}"
            )

        self._job_method = None
        self._job_args = ()
        self._job_kwargs = {}

        self._generated_job = None

    def _head(self):
        return [self]

    def _tail(self):
        return [self]

    def __repr__(self):
        name = self._job_method.__name__ if self._job_method else ""
        return (
            f"Delayable({self.recordset}.{name}({self._job_args}, {self._job_kwargs}))"
        )

    def __del__(self):
        # an attribute may be missing if __init__ raised
        if not getattr(self, "_generated_job", True):
            _logger.warning("Delayable %s was prepared but never delayed", self)

    def _set_from_dict(self, properties):
        for key, value in properties.items():
            if key not in self._properties:
                raise ValueError(f"No property {key}")
            setattr(self, key, value)

    def set(self, *args: Any, **kwargs: Any) -> Self:
        """Set properties from a dict or keyword arguments; return self.

        :raises ValueError: for a name that is not a job property
        """
        if args:
            # only one dict: anything else is a mistake of the caller
            (properties,) = args
            self._set_from_dict(properties)
        if kwargs:
            self._set_from_dict(kwargs)
        return self

    def on_done(self, *delayables: Any) -> Self:
        """Run ``delayables`` when this one is done; return self."""
        for delayable in delayables:
            self._graph.add_edge(self, delayable)
        return self

    def delay(self) -> None:
        """Delay this and everything that comes after it."""
        self._graph.delay()

    def split(self, size: int, chain: bool = False) -> Any:
        """Split the recordset into slices of ``size``; return their group, or chain.

        :raises ValueError: if no method was called yet, or ``size`` is below 1
        """
        if not self._job_method:
            raise ValueError("No method set on the Delayable")
        if size < 1:
            raise ValueError(f"Cannot split into slices of {size} records")
        total = len(self.recordset)
        count = -(-total // size)
        if self.description:
            description = described(self, "description", self.description)
        else:
            description = first_line_of_doc(
                self._job_method, f"{self.recordset._name}.{self._job_method.__name__}"
            )
        delayables = []
        for index in range(count):
            part = self.recordset[index * size : (index + 1) * size]
            delayable = Delayable(part)
            for name in self._properties:
                setattr(delayable, name, getattr(self, name))
            delayable.description = f"{description} (split {index + 1}/{count})"
            # looked up again: the method is bound to the slice
            delayable._job_method = getattr(part, self._job_method.__name__)
            delayable._job_args = self._job_args
            delayable._job_kwargs = self._job_kwargs
            delayables.append(delayable)
        # the slices replace it: it must not warn that it was never delayed
        self._generated_job = True
        return (DelayableChain if chain else DelayableGroup)(*delayables)

    def _build_job(self):
        if isinstance(self._generated_job, BaseModel):
            # delayed before: a waiting job with its identity key replaces it
            return Job.load(self.recordset.env, self._generated_job.uuid)
        if not self._generated_job:
            if self._job_method is None:
                raise ValueError(f"No method was called on {self}: nothing to delay")
            self._generated_job = Job(
                self._job_method,
                args=self._job_args,
                kwargs=self._job_kwargs,
                priority=self.priority,
                max_retries=self.max_retries,
                eta=self.eta,
                description=self.description,
                channel=self.channel,
                identity_key=self.identity_key,
            )
            for name in _MORE_OPTIONS:
                setattr(self._generated_job, name, getattr(self, name))
        return self._generated_job

    def _store_args(self, *args, **kwargs):
        self._job_args = args
        self._job_kwargs = kwargs
        return self

    def __getattr__(self, name):
        if name in Delayable.__slots__ or name.startswith("__"):
            raise AttributeError(name)
        # tests delay objects that only look like recordsets
        if name in getattr(self.recordset, "_fields", ()):
            raise AttributeError(
                f"only methods can be delayed ({name} is a field of "
                f"{self.recordset._name})"
            )
        self._job_method = getattr(self.recordset, name)
        return self._store_args

    def _execute_direct(self):
        job = self._build_job()
        job.perform()


class DelayableRecordset:
    """Returned by ``with_delay()``: the next method called on it becomes a job.

    A handle may be called several times; each call stores a separate job.
    """

    __slots__ = ("delayable",)

    def __init__(
        self,
        recordset,
        priority=None,
        eta=None,
        max_retries=None,
        description=None,
        channel=None,
        identity_key=None,
        **options,
    ):
        self.delayable = Delayable(
            recordset,
            priority=priority,
            eta=eta,
            max_retries=max_retries,
            description=description,
            channel=channel,
            identity_key=identity_key,
            **options,
        )

    @property
    def recordset(self) -> BaseModel:
        return self.delayable.recordset

    def __getattr__(self, name):
        def _delay_delayable(*args, **kwargs):
            delayable = self.delayable
            if delayable._generated_job:
                delayable = self._next_delayable()
            getattr(delayable, name)(*args, **kwargs).delay()
            return delayable._generated_job

        return _delay_delayable

    def _next_delayable(self):
        """Return a Delayable like the last one, for another call."""
        last = self.delayable
        self.delayable = Delayable(
            last.recordset, **{key: getattr(last, key) for key in last._properties}
        )
        return self.delayable

    def __str__(self):
        return f"DelayableRecordset({self.recordset})"

    __repr__ = __str__
