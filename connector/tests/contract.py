"""What every connector has to bear, as tests to inherit.

A connector names its models and describes the other system in a few lines; it gets a
test for each of the ways in which other systems fail::

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

It inherits the contracts of what it can do: :class:`.contract_import.ImportContract`,
:class:`.contract_export.ExportContract`, :class:`.contract_webhook.WebhookContract`.
None of their tests is ever skipped; what no class in the module covers, although the
connector can do it, fails ``test_all_the_connector_can_do_has_a_contract``.

Where a connector goes other ways than the suite's mixins, override the hooks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from urllib3.util import Retry

from odoo import fields, models
from odoo.exceptions import UserError

from .fake_api import FakeApi

#: Failures of a moment: as many as the suite's adapter bears in a call, and fewer than
#: jobs are tried.
OFTEN = 4
#: Times that jobs are run until they must be through.
_ROUNDS = 8
_WRONG_PASSWORD = "no-such-password-52c1"


class ConnectionContract:
    """What holds whatever is exchanged: to be mixed with a ``ConnectorCase``."""

    # Odoo runs inherited tests for none but those who ask for them.
    allow_inherited_tests_method = True

    #: Model of the backend, and of the bindings that are imported, exported.
    backend_model: str
    import_model: str | None = None
    export_model: str | None = None

    # -- hooks

    def fake_server(self) -> FakeApi:
        """Return the other system, with the records' paths."""
        raise NotImplementedError(f"{type(self).__name__} has to say what it calls")

    def backend_values(self) -> dict[str, Any]:
        """Return what the backend is created with."""
        return {
            "name": "Contract",
            "location": self.server.url,
            "username": self.server.username,
            "password": self.server.password,
        }

    def spoil_credentials(self) -> None:
        """Have the backend log in with what the other side does not accept."""
        self.backend.password = _WRONG_PASSWORD

    def shorten_timeouts(self, adapter: Any) -> None:
        """Have calls wait for less than a second; called before the first of them."""
        self.patch(type(adapter), "_timeout", (1, 0.2))

    def path_of(self, model: str) -> str:
        """Return where the other side has the records of a binding model."""
        return self.adapter(model)._path

    # -- tests

    def test_all_the_connector_can_do_has_a_contract(self):
        covered = set()
        for contract in _contracts_beside(type(self)):
            covered |= {("import", contract.import_model)}
            covered |= {("export", contract.export_model)}
            covered |= {("webhook", None)} if contract._has_webhook else set()
        flows = getattr(self.backend, "_sync_flows", list)()
        asked = {(flow.direction, flow.model) for flow in flows}
        if getattr(self.backend, "takes_webhooks", False):
            asked.add(("webhook", None))
        missing = [" ".join(filter(None, what)) for what in sorted(asked - covered)]
        self.assertFalse(missing, "no class here inherits the contract for these")

    def test_wrong_credentials_fail_at_once_and_are_told_to_nobody(self):
        self.spoil_credentials()
        for start in self.directions():
            start()
            for job in self.run_jobs():
                self.assertEqual(
                    job.state,
                    "failed",
                    "trying again with wrong credentials locks accounts",
                )
                self.assertTrue(self.server.refused, "no call was refused")
                told = f"{job.exc_message} {job.exc_info} {job.result} {job.name}"
                self.assertNotIn(_WRONG_PASSWORD, told)
        if hasattr(self.backend, "action_test_connection"):
            with self.assertRaises(UserError):
                self.backend.action_test_connection()

    def test_a_call_that_takes_too_long_is_given_up_and_tried_again(self):
        for start in self.directions(before=self.shorten_timeouts):
            # Calls may be repeated at once, a few times.
            self.server.fail("slow", times=8)
            start()
            jobs = self.run_jobs()
            self.assertIn("pending", jobs.mapped("state"), "nobody gave up")
            self.server._faults.clear()
            self.end_well()

    def test_a_system_that_asks_to_wait_is_left_alone_for_so_long(self):
        for start in self.directions():
            self.server.fail("busy")
            start()
            asked_at = fields.Datetime.now()
            jobs = self.run_jobs()
            (job,) = jobs.filtered(lambda job: job.state != "done")
            self.assertEqual(job.state, "pending", job.exc_info)
            self.assertTrue(job.eta, "the job comes again at once")
            waits = (job.eta - asked_at).total_seconds()
            self.assertGreaterEqual(
                waits, self.server.retry_after, "the job comes again too soon"
            )
            self.end_well()

    def test_a_failure_of_a_moment_is_got_over(self):
        for start in self.directions():
            self.server.fail("error", times=OFTEN)
            start()
            self.end_well()

    # -- for the contracts of what is exchanged

    _has_webhook = False

    def setUp(self):
        super().setUp()
        # What is written in transactions of its own goes to that of the test.
        self.registry_enter_test_mode()
        # Repeating at once is waited for by nobody.
        self.enterContext(patch.object(Retry, "sleep", lambda *args, **kwargs: None))
        self.server = self.enterContext(self.fake_server())
        backends = self.env[self.backend_model]
        self.backend = backends.create(self.backend_values())

    def directions(self, before=lambda adapter: None) -> Iterator[Any]:
        """Yield how to begin what this connector does; ends with it all done well."""
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
        """Return the external ids that bindings have, sorted."""
        with self.work_on(self.backend, model) as work:
            binder = work.component(usage="binder")
            ids = [binder.to_external(binding) for binding in self.bindings(model)]
        return sorted(filter(None, ids), key=str)

    def end_well(self) -> None:
        """Run jobs, again and again, until all are done; nothing is missing then."""
        self.run_all_jobs()
        self._all_is_there()

    def run_all_jobs(self) -> None:
        """Run jobs, again and again, until all are done."""
        jobs = self.env["queue.job"].sudo().search([("state", "!=", "done")])
        for _round in range(_ROUNDS):
            jobs |= self.run_jobs()
            if set(jobs.mapped("state")) <= {"done"}:
                break
        for job in jobs:
            self.assertEqual(job.state, "done", job.exc_info or job.result)

    def _begin_import(self) -> None:
        raise NotImplementedError("import_model is for ImportContract")

    def _begin_export(self) -> None:
        raise NotImplementedError("export_model is for ExportContract")

    def _all_is_there(self) -> None:
        """Check that both sides have the same; each contract adds its part."""

    @contextmanager
    def lasting_receipts(self) -> Iterator[None]:
        """Keep what exporters write down in a transaction of its own, as a crash would.

        In the one transaction of a test it would be undone with the failed job.
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
    """Yield the contract classes of the module of one of them."""
    todo = [ConnectionContract]
    while todo:
        contract = todo.pop()
        todo += contract.__subclasses__()
        if contract.__module__ == cls.__module__:
            yield contract
