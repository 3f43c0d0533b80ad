from datetime import timedelta
from unittest.mock import patch

from odoo import api, fields
from odoo.modules import module
from odoo.tests import tagged

from odoo.addons.connector.database import pg_try_advisory_lock
from odoo.addons.connector.exception import (
    IDMissingInBackend,
    NetworkRetryableError,
    RetryableJobError,
)
from odoo.addons.connector.exceptions_http import RemoteProtocolError
from odoo.addons.queue_job.controllers.main import RunJobController
from odoo.addons.queue_job.exception import FailedJobError

from ..models.shop_backend import SHOPS, Shop
from .common import ShopCase


class Killed(BaseException):
    """Simulates the end of the process."""


@tagged("post_install", "-at_install")
class TestExportOnce(ShopCase):
    """What survives the failure of a job, in separate transactions."""

    def setUp(self):
        super().setUp()
        # The data is committed, as before the start of the exporting job.
        self.data_cr = self.registry.cursor()
        self.addCleanup(self._clean_up)
        env = self.env(cr=self.data_cr)
        self.data_backend = env["shop.backend"].create({"name": "Once"})
        self.partner = env["res.partner"].create({"name": "Ada"})
        self.company = env["res.partner"].create({"name": "Analytical Engines"})
        self.binding = self._bind(env, self.partner)
        self.data_cr.commit()
        self.shop = SHOPS[self.data_backend.id] = Shop()
        self.addCleanup(SHOPS.pop, self.data_backend.id)
        self.startPatcher(patch.object(module, "current_test", False))
        self.startPatcher(
            patch(
                "odoo.addons.connector.components.exporting.base.config",
                {"test_enable": False},
            )
        )

    def _bind(self, env, partner):
        return (
            env["shop.res.partner"]
            .with_context(connector_no_export=True)
            .create({"odoo_id": partner.id, "backend_id": self.data_backend.id})
        )

    def _clean_up(self):
        self.data_cr.rollback()
        env = self.env(cr=self.data_cr, context={"connector_no_export": True})
        backend = self.data_backend.with_env(env)
        env["shop.res.partner"].with_context(active_test=False).search(
            [("backend_id", "=", backend.id)]
        ).unlink()
        (self.partner + self.company).with_env(env).unlink()
        env["connector.export.receipt"].search(
            [("backend_id", "=", backend.id), ("backend_model", "=", backend._name)]
        ).unlink()
        env["queue.job"].search(
            [
                ("connector_backend_model", "=", backend._name),
                ("connector_backend_id", "=", backend.id),
            ]
        ).unlink()
        backend.unlink()
        self.data_cr.commit()
        self.data_cr.close()

    def _job(self, work, commit=True, forbid_commit=True):
        """Run as a job does: in a transaction that it must not commit."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.env.uid, dict(self.env.context))
            real_commit = cr.commit
            if forbid_commit:
                cr.commit = None
            try:
                result = work(self.binding.with_env(env))
            except BaseException:
                cr.rollback()
                raise
            finally:
                cr.commit = real_commit
            if not commit:
                cr.rollback()
            return result

    def _receipts(self):
        self.data_cr.rollback()
        return self.env(cr=self.data_cr)["connector.export.receipt"].search(
            [("backend_id", "=", self.data_backend.id)]
        )

    @property
    def partners(self):
        return self.shop.resources.get("shop.res.partner", {})

    def _bound_to(self):
        self.data_cr.rollback()
        self.binding.invalidate_recordset()
        return self.binding.external_id

    def test_an_id_is_not_lost_when_the_rest_of_the_job_fails(self):
        def export_and_fail(binding):
            binding.export_record()
            raise RuntimeError("after the export")

        with self.assertRaises(RuntimeError):
            self._job(export_and_fail)
        self.assertFalse(self._bound_to())
        self._job(lambda binding: binding.export_record())
        self.assertEqual(list(self.partners), ["S1"], "created once")
        self.assertEqual(self._bound_to(), "S1")

    def test_no_right_to_commit_is_needed(self):
        self._job(lambda binding: binding.export_record())
        self.assertEqual(self._bound_to(), "S1")

    def test_the_queue_runs_an_export_that_has_no_right_to_commit(self):
        job = self.binding.with_delay().export_record().db_record()
        job.with_context(_job_edit_sentinel=job.EDIT_SENTINEL).state = "enqueued"
        self.data_cr.commit()
        with self.registry.cursor() as cr:
            env = self.env(cr=cr)
            acquired = RunJobController._acquire_job(env, job.uuid)
            RunJobController._runjob(env, acquired)
        self.assertEqual(self._bound_to(), "S1")
        job.invalidate_recordset()
        self.assertEqual(job.state, "done")
        self.assertFalse(self._receipts())

    def test_a_job_that_may_commit_does_so_at_once(self):
        self._job(
            lambda binding: binding.export_record(), commit=False, forbid_commit=False
        )
        self.assertEqual(self._bound_to(), "S1")

    def test_receipts_end_with_the_job(self):
        self._job(lambda binding: binding.export_record())
        self.assertFalse(self._receipts())

    def test_concurrent_changes_are_sent_by_the_next_attempt(self):
        self._job(lambda binding: binding.export_record(), commit=False)
        self.partner.name = "Ada Lovelace"
        self.data_cr.commit()
        self._job(lambda binding: binding.export_record(fields=["city"]))
        self.assertEqual(self.partners["S1"]["name"], "Ada Lovelace")

    def test_a_dependency_is_created_once_although_its_binding_was_rolled_back(self):
        self.partner.parent_id = self.company
        self.data_cr.commit()
        self._job(lambda binding: binding.export_record(), commit=False)
        self._job(lambda binding: binding.export_record())
        self.assertEqual(
            [data["name"] for data in self.partners.values()],
            ["Analytical Engines", "Ada"],
        )

    def test_the_end_of_the_process_leaves_a_receipt_with_the_key_of_the_create(self):
        keys = []

        def create(exporter, data):
            keys.append(exporter.backend_adapter.idempotency_key)
            if len(keys) == 1:
                raise Killed()
            return exporter.backend_adapter.create(data)

        exporter = self._components_registry["shop.partner.exporter"]
        with patch.object(exporter, "_create", create):
            with self.assertRaises(Killed):
                self._job(lambda binding: binding.export_record())
            self._job(lambda binding: binding.export_record())
        self.assertEqual(len(keys), 2)
        self.assertEqual(*keys)

    def test_a_connector_may_look_for_what_an_earlier_job_created(self):
        self.shop.errors.append(NetworkRetryableError("the response was lost"))
        with self.assertRaises(NetworkRetryableError):
            self._job(lambda binding: binding.export_record())
        self.assertEqual(list(self.partners), ["S1"])

        def find(exporter, data):
            return next(
                external_id
                for external_id, record in self.partners.items()
                if record["name"] == data["name"]
            )

        exporter = self._components_registry["shop.partner.exporter"]
        with patch.object(exporter, "_find_created", find):
            self._job(lambda binding: binding.export_record())
        self.assertEqual(list(self.partners), ["S1"])
        self.assertEqual(self._bound_to(), "S1")

    def test_nothing_is_looked_for_the_first_time(self):
        exporter = self._components_registry["shop.partner.exporter"]
        with patch.object(exporter, "_find_created") as find:
            self._job(lambda binding: binding.export_record())
        find.assert_not_called()

    def test_a_refused_create_leaves_no_receipt(self):
        self.partner.name = "invalid"
        self.data_cr.commit()
        with self.assertRaisesRegex(Exception, "does not accept this name"):
            self._job(lambda binding: binding.export_record())
        self.assertFalse(self._receipts())

    def test_an_answer_that_is_not_understood_leaves_the_receipt(self):
        for error in (
            NetworkRetryableError("no answer"),
            RemoteProtocolError("what?"),
            FailedJobError("an adapter with an unknown outcome"),
            ValueError("an adapter that knows nothing"),
        ):
            self.shop.errors.append(error)
            with self.assertRaises(type(error)):
                self._job(lambda binding: binding.export_record())
            self.assertEqual(len(self._receipts()), 1, "and it is the same one")

    def test_a_receipt_does_not_outlive_the_id_it_stands_for(self):
        keys = self._spy_on_keys()
        self._job(lambda binding: binding.export_record(), commit=False)
        self._job(lambda binding: binding.export_record())
        self.assertTrue(self._receipts(), "the first one still exists")
        # It is deleted in the external system and unbound in Odoo.
        self.partners.clear()
        self.data_cr.rollback()
        self.binding.external_id = False
        self.data_cr.commit()
        self._job(lambda binding: binding.export_record())
        self.assertEqual(len(self.partners), 1)
        self.assertNotEqual(*keys, "it is not a repetition")

    def _spy_on_keys(self):
        keys = []
        adapter = self._components_registry["shop.adapter"]
        create = adapter.create

        def spy(adapter, data):
            keys.append(adapter.idempotency_key)
            return create(adapter, data)

        self.startPatcher(patch.object(adapter, "create", spy))
        return keys

    def test_old_receipts_are_deleted(self):
        self._job(lambda binding: binding.export_record(), commit=False)
        receipts = self._receipts()
        receipts._vacuum()
        self.assertTrue(receipts.exists())
        self.data_cr.execute(
            "UPDATE connector_export_receipt SET create_date = %s WHERE id IN %s",
            (fields.Datetime.now() - timedelta(days=91), tuple(receipts.ids)),
        )
        receipts.invalidate_recordset()
        receipts._vacuum()
        self.assertFalse(receipts.exists())

    def test_two_jobs_do_not_bind_one_dependency(self):
        self.partner.parent_id = self.company
        self.data_cr.commit()
        lock = (
            f"bind(shop.backend, {self.data_backend.id}, shop.res.partner, "
            f"{self.company.id})"
        )
        with self.registry.cursor() as cr:
            self.assertTrue(pg_try_advisory_lock(self.env(cr=cr), lock))
            with self.assertRaises(RetryableJobError):
                self._job(lambda binding: binding.export_record())
        self.assertEqual(self.partners, {})

    def test_the_receipt_of_a_record_deleted_externally_is_not_used(self):
        self._job(lambda binding: binding.export_record(), commit=False)
        self.binding.external_id = "S1"
        self.data_cr.commit()
        self.partners.clear()
        exporter = self._components_registry["shop.partner.exporter"]
        missing = patch.object(
            exporter, "_should_import", side_effect=IDMissingInBackend("gone")
        )
        with missing:
            self._job(lambda binding: binding.export_record())
        self.assertEqual(len(self.partners), 1)

    def test_a_record_created_concurrently_by_another_job_is_not_created_again(self):
        exporter = self._components_registry["shop.partner.exporter"]

        def other_job(exporter):
            with self.registry.cursor() as cr:
                other = self.binding.with_env(self.env(cr=cr))
                other.with_context(connector_no_export=True).external_id = "S7"

        with (
            patch.object(exporter, "_export_dependencies", other_job),
            self.assertRaises(RetryableJobError),
        ):
            self._job(lambda binding: binding.export_record())
        self.assertEqual(self.partners, {})

    def test_an_id_that_came_while_dependencies_were_exported_is_used(self):
        self.shop.resources["shop.res.partner"] = {"S7": {}}
        exporter = self._components_registry["shop.partner.exporter"]

        def commit_and_other_job(exporter):
            exporter._commit()
            with self.registry.cursor() as cr:
                other = self.binding.with_env(self.env(cr=cr))
                other.with_context(connector_no_export=True).external_id = "S7"

        with patch.object(exporter, "_export_dependencies", commit_and_other_job):
            self._job(lambda binding: binding.export_record(), forbid_commit=False)
        self.assertEqual(list(self.partners), ["S7"])
        self.assertEqual(self.partners["S7"]["name"], "Ada")
