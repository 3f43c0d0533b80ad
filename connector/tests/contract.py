"""Contract tests: failures that every connector must handle, as tests to inherit.

A connector declares its models and describes the external system in a few lines, and
inherits a test for each kind of failure::

    class TestContract(ImportContract, ExportContract, WebhookContract, ConnectorCase):
        backend_model = "tea.backend"
        import_model = export_model = "tea.res.partner"
        unknown_value = {"country": "Atlantis"}

        def fake_server(self):
            return FakeApi("/api/contacts")

        def example(self, number):
            return {"name": f"Contact {number}"}

        def record_to_export(self):
            return self.env["res.partner"].create({"name": "Ada"})

        def change_to_export(self, record):
            record.name = "Ada Lovelace"

        def webhook_body(self, record):
            return {"id": "event-1", "contact": record}

Of a model that declares its resource and its map, all of this follows from the
declarations, unless it is defined; a class that names the models is enough::

    class TestContacts(ImportContract, ExportContract, ConnectorCase):
        import_model = export_model = "tea.res.partner"

A class inherits the contracts of its features:
:class:`.contract_import.ImportContract`, :class:`.contract_export.ExportContract`,
:class:`.contract_webhook.WebhookContract`.
No test is ever skipped; a feature of the connector that no class in its tests covers
fails ``test_every_feature_of_the_connector_has_a_contract``.

Override the hooks if a connector does not use the mixins.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from urllib3.util import Retry

from odoo import fields, models
from odoo.exceptions import UserError

from ..resource import resource_of
from .declared_api import DeclaredApi
from .declared_records import DeclaredRecords
from .declared_serving import serve_declared
from .fake_api import FakeApi

#: Number of temporary failures: as many as the adapter retries in a request, and fewer
#: than the attempts of a job.
OFTEN = 4
#: Number of rounds after which all jobs must be done.
_ROUNDS = 8
_WRONG_PASSWORD = "no-such-password-52c1"


class ConnectionContract:
    """Tests of the connection: to be mixed with a ``ConnectorCase``."""

    # Odoo runs inherited tests only for classes that allow it.
    allow_inherited_tests_method = True

    #: Model of the backend, and binding models that are imported and exported.
    backend_model: str | None = None
    import_model: str | None = None
    export_model: str | None = None

    # -- hooks

    def fake_server(self) -> FakeApi:
        """Return the external system, with the paths of its records.

        By default one that serves what the bindings of the backend declare.
        """
        if not any(resource_of(self.env[name]) for name in self._models()):
            raise NotImplementedError(
                f"{type(self).__name__} must return the external system"
            )
        return DeclaredApi()

    def backend_values(self) -> dict[str, Any]:
        """Return the values to create the backend."""
        return {
            "name": "Contract",
            "location": self.server.url,
            "username": self.server.username,
            "password": self.server.password,
        }

    def spoil_credentials(self) -> None:
        """Set wrong credentials on the backend."""
        self.backend.password = _WRONG_PASSWORD

    def shorten_timeouts(self, adapter: Any) -> None:
        """Shorten the timeout to less than a second; called before the first
        request."""
        self.patch(type(adapter), "_timeout", (1, 0.2))

    def path_of(self, model: str) -> str:
        """Return the path of the records of a binding model."""
        return self.adapter(model)._path

    # -- tests

    def test_every_feature_of_the_connector_has_a_contract(self):
        covered = set()
        for contract in _contracts_beside(type(self)):
            covered |= {("import", contract.import_model)}
            covered |= {("export", contract.export_model)}
            covered |= {("webhook", None)} if contract._has_webhook else set()
        flows = getattr(self.backend, "_sync_flows", list)()
        declared = {(flow.direction, flow.model) for flow in flows}
        if getattr(self.backend, "takes_webhooks", False):
            declared.add(("webhook", None))
        missing = [" ".join(filter(None, what)) for what in sorted(declared - covered)]
        self.assertFalse(missing, "no class in the tests has a contract for these")

    def test_wrong_credentials_fail_immediately_without_leaking(self):
        self.spoil_credentials()
        for start in self.directions():
            start()
            for job in self.run_jobs():
                self.assertEqual(
                    job.state,
                    "failed",
                    "retries with wrong credentials lock accounts",
                )
                self.assertTrue(self.server.refused, "no request was rejected")
                text = f"{job.exc_message} {job.exc_info} {job.result} {job.name}"
                self.assertNotIn(_WRONG_PASSWORD, text)
        if hasattr(self.backend, "action_test_connection"):
            with self.assertRaises(UserError):
                self.backend.action_test_connection()

    def test_a_slow_request_times_out_and_is_retried(self):
        for start in self.directions(before=self.shorten_timeouts):
            # Requests may be repeated immediately, a few times.
            self.server.fail("slow", times=8)
            start()
            jobs = self.run_jobs()
            self.assertIn("pending", jobs.mapped("state"), "no request timed out")
            self.server._faults.clear()
            self.end_well()

    def test_a_throttling_system_gets_no_requests_until_then(self):
        for start in self.directions():
            self.server.fail("busy")
            start()
            requested_at = fields.Datetime.now()
            jobs = self.run_jobs()
            (job,) = jobs.filtered(lambda job: job.state != "done")
            self.assertEqual(job.state, "pending", job.exc_info)
            self.assertTrue(job.eta, "the job is retried immediately")
            waits = (job.eta - requested_at).total_seconds()
            self.assertGreaterEqual(
                waits, self.server.retry_after, "the job is retried too early"
            )
            self.end_well()

    def test_a_temporary_failure_is_recovered(self):
        for start in self.directions():
            self.server.fail("error", times=OFTEN)
            start()
            self.end_well()

    # -- for the import and export contracts

    _has_webhook = False

    def setUp(self):
        super().setUp()
        # Separate transactions are redirected to that of the test.
        self.registry_enter_test_mode()
        # Do not wait between immediate retries.
        self.enterContext(patch.object(Retry, "sleep", lambda *args, **kwargs: None))
        self.connect()

    def connect(self) -> None:
        """Start the external system, and create a backend of it."""
        self.server = self.enterContext(self.fake_server())
        backends = self.env[self.backend_model or self._declared_backend()]
        self.backend = backends.create(self.backend_values())
        #: What follows from declarations.
        self.declared = DeclaredRecords(self)
        if isinstance(self.server, DeclaredApi):
            serve_declared(self.server, self)

    def _models(self) -> list[str]:
        """Return the binding models that this class tests."""
        return [name for name in (self.import_model, self.export_model) if name]

    def _declared_backend(self) -> str:
        fields = self.env[self._models()[0]]._fields
        return fields["backend_id"].comodel_name

    def directions(self, before=lambda adapter: None) -> Iterator[Any]:
        """Yield a function that starts the synchronization; ends when all is done."""
        if self.import_model:
            before(self.adapter(self.import_model))
            yield self._begin_import
        if self.export_model:
            before(self.adapter(self.export_model))
            yield self._begin_export

    def adapter(self, model: str) -> Any:
        """Return the adapter of a binding model."""
        with self.work_on(self.backend, model) as work:
            return work.component(usage="backend.adapter")

    def bindings(self, model: str) -> models.BaseModel:
        """Return all bindings of the backend."""
        with self.work_on(self.backend, model) as work:
            field = work.component(usage="binder")._backend_field
        found = self.env[model].with_context(active_test=False)
        return found.search([(field, "=", self.backend.id)])

    def external_ids(self, model: str) -> list[Any]:
        """Return the external IDs of the bindings, sorted."""
        with self.work_on(self.backend, model) as work:
            binder = work.component(usage="binder")
            ids = [binder.to_external(binding) for binding in self.bindings(model)]
        return sorted(filter(None, ids), key=str)

    def end_well(self) -> None:
        """Run jobs repeatedly until all are done, and check that nothing is missing."""
        self.run_all_jobs()
        self._assert_same_records()

    def run_all_jobs(self) -> None:
        """Run jobs repeatedly until all are done."""
        jobs = self.env["queue.job"].sudo().search([("state", "!=", "done")])
        for _round in range(_ROUNDS):
            jobs |= self.run_jobs()
            if set(jobs.mapped("state")) <= {"done"}:
                break
        for job in jobs:
            self.assertEqual(job.state, "done", job.exc_info or job.result)

    def _begin_import(self) -> None:
        raise NotImplementedError("import_model requires ImportContract")

    def _begin_export(self) -> None:
        raise NotImplementedError("export_model requires ExportContract")

    def _assert_same_records(self) -> None:
        """Check that both systems have the same records; each contract adds its
        part."""

    @contextmanager
    def lasting_receipts(self) -> Iterator[None]:
        """Keep what exporters store in a separate transaction, as after a crash.

        In the single transaction of a test it would be rolled back with the failed job.
        """
        model = type(self.env["connector.export.receipt"])
        with self.env.registry._db.cursor() as cr:

            @contextmanager
            def own_transaction(receipts):
                yield cr

            with patch.object(model, "_own_transaction", own_transaction):
                yield
            cr.rollback()


def _contracts_beside(cls: type) -> Iterator[type]:
    """Yield the contract classes in the tests of the addon of one of them."""
    tests = cls.__module__.rpartition(".")[0]
    todo = [ConnectionContract]
    while todo:
        contract = todo.pop()
        todo += contract.__subclasses__()
        if contract.__module__.rpartition(".")[0] == tests:
            yield contract
