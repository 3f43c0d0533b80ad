"""What is older than an export is not taken for what the remote system has."""

from contextlib import closing
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.connector.tests.common import ConnectorCase
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job

from .test_both_directions import MODEL, BothDirectionsCase


class LateRecordsCase(BothDirectionsCase):
    #: Whether an update is answered with the record, or with nothing.
    returns_updates = True

    def setUp(self):
        super().setUp()
        self.write_silently = self.system.write
        self.system.write = self.write
        self.version = 1

    def write(self, external_id, data):
        """Change the record as an API does: the version moves."""
        self.write_silently(external_id, data)
        self.move_version()
        if self.returns_updates:
            return {"id": external_id, **self.system.records[external_id]}
        return None

    def move_version(self):
        self.version += 1
        self.system.records["7"]["updated_at"] = str(self.version)

    def change_remote(self, **values):
        """Change the record in the remote system; return what a webhook sends."""
        self.system.records["7"].update(values)
        self.move_version()
        return self.payload()

    def payload(self):
        return {"id": "7", **self.system.records["7"]}

    def export(self, **values):
        self.change_here(**values)
        self.run_jobs()

    def deliver(self, record, **kwargs):
        """Import what a webhook brought."""
        self.system.calls.clear()
        with self.work_on(self.backend, MODEL) as work:
            work.component(usage="record.importer").run("7", record=record, **kwargs)

    def import_page(self, batch_importer, record):
        self.system.calls.clear()
        with self.work_on(self.backend, MODEL) as work:
            work.binding_cache = {}
            batch = work.component_by_name(batch_importer)
            batch.backend_adapter._id_key = "id"
        return batch._import_page([record])

    def reads(self):
        return [call for call in self.system.calls if call[0] == "read"]

    def importer_class(self):
        with self.work_on(self.backend, MODEL) as work:
            return type(work.component(usage="record.importer"))

    def assert_next_edit_is_sent(self, late, **kwargs):
        """Deliver what is older than our export, and write its value again."""
        self.deliver(late, **kwargs)
        self.assertEqual((self.guest.name, self.guest.city), ("Countess", "Paris"))
        self.export(name="Ada")
        self.assertEqual(self.remote(), "Ada", "the last edit was not sent")
        self.import_guest()
        self.assertEqual(self.guest.name, "Ada")


@tagged("post_install", "-at_install")
class TestLateWebhook(LateRecordsCase):
    def test_what_is_older_than_our_export_is_read_again(self):
        late = self.change_remote(city="Paris")
        self.export(name="Countess")
        self.assert_next_edit_is_sent(late)

    def test_it_is_read_again_when_forced(self):
        late = self.change_remote(city="Paris")
        self.export(name="Countess")
        self.assert_next_edit_is_sent(late, force=True)

    def test_it_is_read_again_where_the_version_is_that_of_our_export(self):
        # Two changes in the second that the version tells.
        late = self.change_remote(city="Paris")
        self.export(name="Countess")
        late["updated_at"] = self.remote("updated_at")
        self.assert_next_edit_is_sent(late)

    def test_what_is_newer_than_our_export_is_taken_as_it_came(self):
        self.export(name="Countess")
        self.deliver(self.change_remote(city="Paris"))
        self.assertEqual((self.guest.name, self.guest.city), ("Countess", "Paris"))
        self.assertFalse(self.reads())

    def test_what_was_never_exported_is_taken_as_it_came(self):
        self.deliver(self.change_remote(city="Paris"))
        self.assertEqual(self.guest.city, "Paris")
        self.assertFalse(self.reads())

    def test_a_change_from_before_our_export_arrives_with_the_next_import(self):
        self.change_remote(city="Paris")
        self.export(name="Countess")
        self.import_guest()
        self.assertEqual((self.guest.name, self.guest.city), ("Countess", "Paris"))

    def test_versions_in_no_order_do_not_tell_which_is_older(self):
        self.patch(self.importer_class(), "_version_type", "etag")
        late = self.change_remote(city="Paris")
        self.export(name="Countess")
        self.import_guest()
        self.assert_next_edit_is_sent(late)

    def test_an_export_undone_in_the_remote_system_is_imported(self):
        # The hash of the content is that of the last import again.
        self.patch(self.importer_class(), "_version_type", "etag")
        self.import_guest()
        imported = self.guest.external_version
        before = self.guest.name
        self.export(name="Countess")
        self.assertNotEqual(self.remote("updated_at"), imported)
        self.system.records["7"].update(name=before, updated_at=imported)
        self.import_guest()
        self.assertEqual(self.guest.name, before)
        self.assertEqual(self.guest.exported_version, imported)

    def test_a_lagging_copy_with_the_version_of_the_last_import_is_unchanged(self):
        self.import_guest()
        imported = {"id": "7", **self.system.records["7"]}
        self.export(name="Countess")
        self.import_page("generic.batch.importer", imported)
        self.assertEqual(self.guest.name, "Countess")

    def test_a_version_that_cannot_be_read_does_not_fail_the_export(self):
        def version(importer):
            return importer.record["meta"]["version"]

        self.patch(self.importer_class(), "_version", version)
        self.export(name="Countess")
        self.assertEqual(self.remote(), "Countess")
        self.assertEqual(self.guest.exported_version, "?")


@tagged("post_install", "-at_install")
class TestLateWebhookWithoutVersion(LateRecordsCase):
    """The update is answered with nothing."""

    returns_updates = False

    def test_what_may_be_older_than_our_export_is_read_again(self):
        late = self.change_remote(city="Paris")
        self.export(name="Countess")
        self.assert_next_edit_is_sent(late)

    def test_records_without_a_version_are_read_again(self):
        self.patch(self.importer_class(), "_version_key", None)
        late = self.change_remote(city="Paris")
        self.export(name="Countess")
        self.import_guest()
        self.assert_next_edit_is_sent(late)

    def test_once_our_export_was_imported_the_version_tells(self):
        self.export(name="Countess")
        self.import_guest()
        self.deliver(self.change_remote(city="Paris"))
        self.assertEqual((self.guest.name, self.guest.city), ("Countess", "Paris"))
        self.assertFalse(self.reads())


@tagged("post_install", "-at_install")
class TestLateList(LateRecordsCase):
    """A list may lag behind the records, where it is read from a replica."""

    def test_a_listed_record_older_than_our_export_is_read_again(self):
        for batch_importer in ("generic.batch.importer", "generic.bulk.importer"):
            with self.subTest(batch_importer):
                late = self.change_remote(city="Paris", name="Ada")
                self.export(name="Countess")
                (result,) = self.import_page(batch_importer, late)
                self.assertEqual(result.version, self.remote("updated_at"))
                self.assertEqual(len(self.reads()), 1)
                self.assertEqual(self.guest.name, "Countess")
                self.export(name="Ada")
                self.assertEqual(self.remote(), "Ada")

    def test_a_listed_record_is_taken_as_it_is_otherwise(self):
        for returns_updates in (True, False):
            self.returns_updates = returns_updates
            for batch_importer in ("generic.batch.importer", "generic.bulk.importer"):
                with self.subTest(batch_importer, returns_updates=returns_updates):
                    name = f"Countess {self.version}"
                    self.export(name=name)
                    (result,) = self.import_page(batch_importer, self.payload())
                    self.assertEqual(result.kind, "unchanged")
                    self.assertFalse(self.reads())
                    self.assertEqual(self.guest.name, name)


@tagged("post_install", "-at_install")
class TestCreatedAgain(LateRecordsCase):
    def test_the_versions_of_a_deleted_record_say_nothing_of_the_new_one(self):
        self.version = 5
        self.change_remote(city="Paris")
        self.import_guest()
        del self.system.records["7"]
        self.guest.odoo_id.name = "Countess"
        self.guest.export_record()
        created = self.system.records[self.guest.external_id]
        created.update(name="Duchess", country="BE", updated_at="1")
        self.env[MODEL].import_record(self.backend, self.guest.external_id)
        self.assertEqual(self.guest.name, "Duchess")


@tagged("post_install", "-at_install")
class TestReadBeforeCommit(ConnectorCase):
    """What is read while an export commits is from before it."""

    def setUp(self):
        super().setUp()
        self.data_cr = self.registry.cursor()
        self.addCleanup(self.clean_up)
        env = self.env(cr=self.data_cr, context={"connector_no_export": True})
        self.data_backend = env["kiosk.backend"].create(
            {"name": "Read before", "location": "http://127.0.0.1:1"}
        )
        record = {"name": "Ada", "country": "BE", "updated_at": "2"}
        self.system = self.fake_adapter(self.data_backend, MODEL, {"7": record})
        self.partner = env["res.partner"].create({"name": "Ada"})
        self.binding = env[MODEL].create(
            {
                "odoo_id": self.partner.id,
                "backend_id": self.data_backend.id,
                "external_id": "7",
                "external_version": "1",
            }
        )
        self.data_cr.commit()

    def clean_up(self):
        self.data_cr.rollback()
        for record in (self.binding, self.partner, self.data_backend):
            record.unlink()
        self.data_cr.commit()
        self.data_cr.close()

    def name(self):
        self.data_cr.rollback()
        self.partner.invalidate_recordset()
        return self.partner.name

    def read_before_commit(self, external_id):
        """Read the record, and have an export commit before it is returned."""
        record = type(self.system).read(self.system, external_id)
        with self.registry.cursor() as cr:
            env = self.env(cr=cr, context={"connector_no_export": True})
            self.partner.with_env(env).name = "Countess"
            self.binding.with_env(env).export_record(["name"])
        return record

    def import_record(self):
        with self.registry.cursor() as cr:
            env = self.env(cr=cr, context={})
            env[MODEL].import_record(self.data_backend, "7")

    def test_the_import_is_retried(self):
        with patch.object(self.system, "read", self.read_before_commit):
            with self.assertRaises(RetryableJobError):
                self.import_record()
        self.import_record()
        self.assertEqual(self.name(), "Countess")

    def test_a_listed_record_is_imported_by_a_job_of_its_own(self):
        for batch_importer in ("generic.batch.importer", "generic.bulk.importer"):
            with (
                self.subTest(batch_importer),
                closing(self.registry.cursor()) as cr,
                patch.object(self.system, "read", self.read_before_commit),
                self.env(cr=cr, context={})[MODEL]._work(self.data_backend) as work,
            ):
                work.binding_cache = {}
                batch = work.component_by_name(batch_importer)
                batch.backend_adapter._id_key = "id"
                record = batch.backend_adapter.read("7")
                self.assertEqual(batch._import_page([record]), [])
                delayed = Job.load(
                    work.env,
                    work.env["queue.job"]
                    .search([("model_name", "=", MODEL)], order="id desc", limit=1)
                    .uuid,
                )
                self.assertEqual(delayed.args[1:], ("7",))
