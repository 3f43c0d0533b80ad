"""Helpers to test code that delays jobs.

:meth:`JobMixin.trap_jobs` traps the jobs that code delays, so that a test can check
and run them; nothing is stored::

    class TestInvoice(TransactionCase, JobMixin):
        def test_validating_an_invoice_sends_it(self):
            with self.trap_jobs() as trap:
                self.invoice.button_validate()
            trap.assert_jobs_count(1, only=self.invoice.send)
            trap.assert_enqueued_job(
                self.invoice.send, args=("paper",), properties={"priority": 5}
            )
            trap.perform_enqueued_jobs()

A trap does not cover states, retries, channels and commits, which are up to the
workers.
"""

import doctest
import logging
import typing
import warnings
from contextlib import contextmanager
from operator import attrgetter
from unittest import TestCase, mock

from odoo.tools import groupby

from odoo.addons.queue_job.delay import Graph
from odoo.addons.queue_job.job import Job

_logger = logging.getLogger(__name__)

__all__ = [
    "Graph",
    "Job",
    "JobCall",
    "JobCounter",
    "JobMixin",
    "JobsTrap",
    "OdooDocTestCase",
    "load_doctests",
    "mock_with_delay",
    "trap_jobs",
]


@contextmanager
def trap_jobs():
    """Trap the jobs delayed in the ``with`` block; yield a :class:`JobsTrap`.

    All jobs are trapped: of ``with_delay``, ``delayable``, chains, groups, and methods
    that delay themselves. In no-delay mode jobs still run immediately: set the context
    key ``queue_job__no_delay`` to False to trap them.
    """
    with mock.patch("odoo.addons.queue_job.delay.Job") as job_mock:
        with JobsTrap(job_mock) as trap:
            yield trap


class JobCall(typing.NamedTuple):
    """A job as it was delayed: its method, arguments and properties."""

    method: typing.Callable
    args: tuple
    kwargs: dict
    properties: dict

    def __eq__(self, other):
        if not isinstance(other, JobCall):
            return NotImplemented
        return (
            self.method.__self__ == other.method.__self__
            and self.method.__func__ == other.method.__func__
            and self.args == other.args
            and self.kwargs == other.kwargs
            and self.properties == other.properties
        )


class JobsTrap:
    """The trapped jobs, see :func:`trap_jobs`.

    ``calls`` has a :class:`JobCall` for each delayed job, including duplicates;
    ``enqueued_jobs`` the jobs to be performed, with each identity key once.
    """

    def __init__(self, job_mock):
        self.job_mock = job_mock
        self.job_mock.side_effect = self._add_job
        # class methods must keep working while the class is replaced
        self.job_mock.load = Job.load
        self.enqueued_jobs = []
        self.calls = []
        self._store_patchers = []

    def jobs_count(self, only=None):
        """Return the number of waiting jobs, with ``only`` of one bound method."""
        if only:
            return len(self._filtered_enqueued_jobs(only))
        return len(self.enqueued_jobs)

    def assert_jobs_count(self, expected, only=None):
        """Check the number of waiting jobs, with ``only`` of one bound method.

        :raises AssertionError: if the number differs
        """
        TestCase().assertEqual(self.jobs_count(only=only), expected)

    def assert_enqueued_job(self, method, args=None, kwargs=None, properties=None):
        """Check that a job was delayed, whether or not it was performed since.

        :param method: bound method of the recordset
        :param args: tuple of all positional arguments
        :param kwargs: dict of all keyword arguments
        :param properties: dict of the properties to check, as they were passed to
            the delaying call; others are ignored
        :raises AssertionError: if there is none, with the list of the existing ones
        """
        properties = properties or {}
        expected_call = JobCall(
            method=method, args=args or (), kwargs=kwargs or {}, properties=properties
        )
        actual_calls = [
            call._replace(
                properties={
                    key: value
                    for key, value in call.properties.items()
                    if key in properties
                }
            )
            for call in self.calls
        ]
        with warnings.catch_warnings():
            # records are compared with arguments of any type
            warnings.filterwarnings("ignore", "unsupported operand type", UserWarning)
            if expected_call in actual_calls:
                return
        raise AssertionError(
            "Job {} was not enqueued.\nActual enqueued jobs:\n{}".format(
                self._format_job_call(expected_call),
                "\n".join(f" * {self._format_job_call(call)}" for call in actual_calls),
            )
        )

    def perform_enqueued_jobs(self):
        """Perform the waiting jobs, graphs in the order of their dependencies.

        Single jobs come first, by priority. Jobs delayed in the meantime wait for the
        next call; errors of jobs are raised.
        """

        def by_graph(job):
            return job.graph_uuid or ""

        jobs = sorted(self.enqueued_jobs, key=by_graph)
        self.enqueued_jobs = []
        for graph_uuid, members in groupby(jobs, key=by_graph):
            if graph_uuid:
                self._perform_graph_jobs(members)
            else:
                self._perform_single_jobs(members)

    def _perform_single_jobs(self, jobs):
        for job in sorted(jobs, key=attrgetter("priority")):
            job.perform()

    def _perform_graph_jobs(self, jobs):
        graph = Graph()
        for job in jobs:
            graph.add_vertex(job)
            for parent in job.depends_on:
                graph.add_edge(parent, job)
        for job in graph.topological_sort():
            job.perform()

    def _add_job(self, *args, **kwargs):
        job = Job(*args, **kwargs)
        if not job.identity_key or all(
            waiting.identity_key != job.identity_key for waiting in self.enqueued_jobs
        ):
            self._prepare_context(job)
            self.enqueued_jobs.append(job)
        # duplicates are trapped too: they must not reach the database
        patcher = mock.patch.object(job, "store")
        self._store_patchers.append(patcher)
        patcher.start()

        properties = dict(kwargs)
        self.calls.append(
            JobCall(
                method=args[0],
                args=properties.pop("args", None) or (),
                kwargs=properties.pop("kwargs", None) or {},
                properties=properties,
            )
        )
        return job

    def _prepare_context(self, job):
        """Reduce the context to what a stored job would have."""
        field = job.env["queue.job"]._fields["records"]
        job_model = job.env(context={})["queue.job"]
        job.recordset = field.convert_to_write(job.recordset, job_model)

    def _filtered_enqueued_jobs(self, job_method):
        return [
            job
            for job in self.enqueued_jobs
            if job.recordset == job_method.__self__
            and job.func.__func__ == job_method.__func__
        ]

    def _format_job_call(self, call):
        arguments = [str(arg) for arg in call.args]
        arguments += [f"{key}={value}" for key, value in call.kwargs.items()]
        properties = [f"{key}={value}" for key, value in call.properties.items()]
        return "<{}>.{}({}) with properties ({})".format(
            call.method.__self__,
            call.method.__name__,
            ", ".join(arguments),
            ", ".join(properties),
        )

    def __repr__(self):
        return repr(self.calls)

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        for patcher in self._store_patchers:
            patcher.stop()


class JobCounter:
    """Counts the jobs stored since the counter was created."""

    def __init__(self, env):
        self.env = env
        self.existing = self.search_all()

    def count_all(self):
        return len(self.search_all())

    def count_created(self):
        return len(self.search_created())

    def count_existing(self):
        return len(self.existing)

    def search_created(self):
        """Return the ``queue.job`` records created since, newest first."""
        return self.search_all() - self.existing

    def search_all(self):
        return self.env["queue.job"].search([])


class JobMixin:
    """Adds to a test case with an ``env`` the methods to test jobs."""

    def job_counter(self):
        """Return a counter of the jobs stored from now on."""
        return JobCounter(self.env)

    def perform_jobs(self, jobs):
        """Perform the jobs counted by a :class:`JobCounter`; rows are unchanged."""
        for job in jobs.search_created():
            Job.load(job.env, job.uuid).perform()

    @contextmanager
    def trap_jobs(self):
        """Trap the jobs delayed in the block, see :func:`trap_jobs`."""
        with trap_jobs() as trap:
            yield trap


@contextmanager
def mock_with_delay():
    """Replace what ``with_delay()`` returns; yield ``(delayable_cls, delayable)``.

    Prefer :func:`trap_jobs`, which runs the real thing.

    ``delayable_cls.call_args`` is the recordset and the properties,
    ``delayable.<method>.call_args`` the arguments of the job; no job is created::

        with mock_with_delay() as (delayable_cls, delayable):
            self.record.button_that_delays()
            self.assertEqual(delayable_cls.call_count, 1)
            delay_args, delay_kwargs = delayable_cls.call_args
            self.assertEqual(delay_args, (self.record,))
            delayable.the_method.assert_called_once_with("argument")
    """
    with mock.patch(
        "odoo.addons.queue_job.models.base.DelayableRecordset",
        name="DelayableRecordset",
        spec=True,
    ) as delayable_cls:
        delayable = mock.MagicMock(name="DelayableBinding")
        delayable_cls.return_value = delayable
        yield delayable_cls, delayable


class OdooDocTestCase(doctest.DocTestCase):
    """A doctest with the attributes that Odoo's test loader and runner need."""

    def __init__(
        self, doctest, optionflags=0, setUp=None, tearDown=None, checker=None, seq=0
    ):
        super().__init__(
            doctest._dt_test,
            optionflags=optionflags,
            setUp=setUp,
            tearDown=tearDown,
            checker=checker,
        )
        self.test_sequence = seq

    def setUp(self):
        """Log the test like any other."""
        super().setUp()
        _logger.info("Running tests for %s", self._dt_test.name)


def load_doctests(module):
    """Return a ``load_tests`` function that adds the doctests of a module."""

    def load_tests(loader, tests, ignore):
        for index, test in enumerate(doctest.DocTestSuite(module)):
            odoo_test = OdooDocTestCase(test, seq=index)
            odoo_test.test_tags = {"standard", "at_install", "queue_job", "doctest"}
            tests.addTest(odoo_test)
        return tests

    return load_tests
