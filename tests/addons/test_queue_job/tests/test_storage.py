import json
from unittest import mock

from odoo.tests import tagged

from odoo.addons.queue_job.delay import chain, group
from odoo.addons.queue_job.job import Job, enqueue, insert
from odoo.addons.queue_job.models.queue_job import QueueJob

from .common import JobCase


@tagged("post_install", "-at_install")
class TestStore(JobCase):
    def inserts(self, function):
        """Return how many INSERT INTO queue_job ``function`` executes."""
        cursor = type(self.env.cr)
        statements = []
        execute = cursor.execute

        def spy(cr, query, *args, **kwargs):
            code = query if isinstance(query, str) else query.code
            if code.startswith("INSERT INTO queue_job "):
                statements.append(code)
            return execute(cr, query, *args, **kwargs)

        with mock.patch.object(cursor, "execute", spy):
            function()
        return len(statements)

    def test_graph_is_stored_by_one_insert(self):
        nodes = [self.record.delayable().testing_method(i) for i in range(25)]
        graph = chain(group(*nodes), self.record.delayable().testing_method())
        before = self.queue_job.search_count([])
        self.assertEqual(self.inserts(graph.delay), 1)
        self.assertEqual(self.queue_job.search_count([]) - before, 26)

    def test_rows_by_sql_equal_rows_by_the_orm(self):
        def graph():
            one = self.record.with_context(lang="en_US").delayable(
                priority=0, eta="2030-01-01 00:00:00", identity_key="k"
            )
            delayables = [
                one.testing_method([1, {"é": self.record}], d=None),
                self.record.delayable(description="two").job_sub_channel(),
            ]
            chain(*delayables).delay()
            ids = [delayable._generated_job.db_record().id for delayable in delayables]
            self.env.cr.execute(
                "SELECT * FROM queue_job WHERE id = ANY(%s) ORDER BY id", (ids,)
            )
            names = [column.name for column in self.env.cr.description]
            rows = [
                dict(zip(names, row, strict=True)) for row in self.env.cr.fetchall()
            ]
            for row in rows:
                row["dependencies"] = {
                    key: len(uuids)
                    for key, uuids in json.loads(row["dependencies"]).items()
                }
                for name in ("id", "uuid", "graph_uuid", "date_created"):
                    self.assertTrue(row.pop(name))
                # the ORM writes 0 for unset numbers
                for name in ("exec_time", "worker_pid"):
                    row[name] = row[name] or None
            self.queue_job.browse(ids).unlink()
            return rows

        by_sql = graph()
        # an addon overrides create
        with mock.patch.object(
            QueueJob, "create", autospec=True, side_effect=QueueJob.create
        ):
            by_orm = graph()
        self.assertEqual(by_sql, by_orm)

    def test_create_of_another_addon_is_called_with_the_context_of_the_caller(self):
        seen = []
        original = QueueJob.create

        def create(records, vals_list):
            seen.append((records.env.context.get("my_key"), len(vals_list)))
            return original(records, vals_list)

        with mock.patch.object(QueueJob, "create", create):
            create.__module__ = "odoo.addons.other.models.queue_job"
            record = self.record.with_context(my_key=7)
            group(
                record.delayable().testing_method(), record.delayable().testing_method()
            ).delay()
        self.assertEqual(seen, [(7, 2)])

    def test_write_of_another_addon_sees_the_state(self):
        job = self.stored()
        seen = []
        original = QueueJob.write

        def write(records, vals):
            seen.append(vals.get("state"))
            return original(records, vals)

        with mock.patch.object(QueueJob, "write", write):
            write.__module__ = "odoo.addons.other.models.queue_job"
            job = self.reload(job)
            job.set_started()
            job.store()
            job.set_done()
            job.store()
        self.assertEqual(seen, ["started", "done"])

    def test_extra_values_follow_the_state_and_never_replace_core_values(self):
        job = self.stored(self.record.specific_values)
        self.assertEqual(job.db_record().additional_info, "SPECIFIC pending")
        self.assertEqual(job.db_record().name, "Store custom values in the row")
        job.set_done()
        job.store()
        self.assertEqual(job.db_record().additional_info, "SPECIFIC done")

    def test_specific_extra_values_are_not_lost_to_the_general_ones(self):
        specific = self.stored(self.record.specific_values).db_record()
        general = self.stored().db_record()
        self.assertEqual(specific.additional_info, "SPECIFIC pending")
        self.assertEqual(general.additional_info, "JUST_TESTING")

    def test_argument_that_is_not_json_is_named_and_nothing_is_stored(self):
        before = self.queue_job.search_count([])
        with self.assertRaisesRegex(
            TypeError, "testing_method.*cannot be delayed.*range is not JSON"
        ):
            group(
                self.record.delayable().testing_method(),
                self.record.delayable().testing_method(range(2)),
            ).delay()
        self.assertEqual(self.queue_job.search_count([]), before)
        # the transaction stays usable
        self.record.with_delay().testing_method()
        self.assertEqual(self.queue_job.search_count([]), before + 1)

    def test_much_data_is_stored_in_several_statements(self):
        nodes = [self.record.delayable().testing_method("x" * 500) for _i in range(5)]
        before = self.queue_job.search_count([])
        with mock.patch.object(insert, "MAX_BYTES", 1500):
            self.assertEqual(self.inserts(group(*nodes).delay), 3)
        self.assertEqual(self.queue_job.search_count([]), before + 5)
        for node in nodes:
            self.assertEqual(node._generated_job.db_record().args, ["x" * 500])

    def test_taken_key_leaves_nothing_of_several_statements(self):
        self.stored(identity_key="taken")
        before = self.queue_job.search_count([])
        keys = ["a", "b", "c", "d", "taken"]
        jobs = [
            Job(self.record.testing_method, args=("x" * 500,), identity_key=key)
            for key in keys
        ]
        enqueue._check(jobs)
        with mock.patch.object(insert, "MAX_BYTES", 1500):
            self.assertFalse(insert.insert(jobs))
        self.assertEqual(self.queue_job.search_count([]), before)
        self.assertEqual({job._record_id for job in jobs}, {None})
        self.assertTrue(insert.insert(jobs[:-1]))

    def test_documents_in_the_columns_can_be_queried(self):
        job = self.stored(args=("x", 4), kwargs={"a": [1]})
        self.env.cr.execute(
            """
            SELECT (records #>> '{}')::jsonb ->> 'model', (args #>> '{}')::jsonb -> 1,
                   (kwargs #>> '{}')::jsonb -> 'a', jsonb_typeof(records)
              FROM queue_job WHERE uuid = %s
            """,
            (job.uuid,),
        )
        self.assertEqual(self.env.cr.fetchone(), ("test.queue.job", 4, [1], "string"))

    def test_edits_by_users_while_a_job_runs_are_not_lost(self):
        job = self.reload(self.stored())
        job.set_started()
        job.store()
        job.db_record().write(
            {"priority": 1, "max_retries": 9, "eta": "2031-01-01 00:00:00"}
        )
        self.env.flush_all()
        job.set_done()
        job.store()
        row = job.db_record()
        self.assertEqual(
            (row.state, row.priority, row.max_retries, row.eta.year),
            ("done", 1, 9, 2031),
        )

    def test_lock_sees_a_start_that_is_not_flushed(self):
        job = self.stored()
        self.assertFalse(job.lock())
        job.set_started()
        job.db_record().state = "started"
        self.assertTrue(job.lock())

    def test_channel_edited_on_the_row_stays(self):
        job = self.stored()
        job.db_record().channel = "root.elsewhere"
        job.set_done()
        job.store()
        self.assertEqual(job.db_record().channel, "root.elsewhere")

    def test_falsy_result_is_stored_as_empty_others_as_text(self):
        for result, stored in (
            (0, False),
            ("", False),
            ([], False),
            ({"a": 1}, "{'a': 1}"),
        ):
            job = self.stored()
            job.set_done(result=result)
            job.store()
            self.assertEqual(job.db_record().result, stored)

    def test_row_that_was_rolled_back_is_stored_again(self):
        job = Job(self.record.testing_method)
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            job.store()
            raise ZeroDivisionError
        self.assertFalse(job.db_record())
        job.store()
        self.assertEqual(len(job.db_record()), 1)

    def test_user_without_access_to_jobs_may_delay(self):
        user = self.env["res.users"].create(
            {
                "name": "plain",
                "login": "plain",
                "group_ids": [(6, 0, [self.env.ref("base.group_user").id])],
            }
        )
        job = self.record.with_user(user).with_delay().testing_method()
        self.assertEqual(job.db_record().user_id, user)
        self.assertTrue(job.db_record().env.su)

    def test_manually_inserted_row_with_few_values_can_be_loaded(self):
        self.env.cr.execute(
            """
            INSERT INTO queue_job (uuid, state, model_name, method_name)
            VALUES ('by hand', 'pending', 'base', 'write')
            """
        )
        job = Job.load(self.env, "by hand")
        self.assertEqual(job.recordset, self.env["base"])
        self.assertEqual((job.args, job.kwargs, job.channel), ((), {}, "root"))
        record = job.db_record()
        self.assertTrue(record.button_cancelled())
        self.assertTrue(record.requeue())
        self.assertTrue(record.button_done())
        self.assertEqual(record.state, "done")
        record.read()
