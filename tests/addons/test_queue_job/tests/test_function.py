from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.job import Job

from .common import JobCase

SETTINGS_LOGGER = "odoo.addons.queue_job.models.function.model"


@tagged("post_install", "-at_install")
class TestFunction(JobCase):
    def setUp(self):
        super().setUp()
        self.functions = self.env["queue.job.function"]

    def function(self, method="job_a", **values):
        return self.functions.create({"name": f"<test.queue.job>.{method}", **values})

    def test_name_is_model_and_method(self):
        model = self.env.ref("test_queue_job.model_test_queue_job")
        function = self.functions.create({"model_id": model.id, "method": "job_a"})
        self.assertEqual(function.name, "<test.queue.job>.job_a")
        self.assertEqual(function.channel, "root")

    def test_name_gives_model_and_method(self):
        function = self.function()
        self.assertEqual(
            (function.model_id.model, function.method), ("test.queue.job", "job_a")
        )

    def test_several_functions_can_be_created_by_name_at_once(self):
        functions = self.functions.create(
            [
                {"name": "<test.queue.job>.job_a"},
                {"name": "<test.queue.channel>.job_a"},
            ]
        )
        self.assertEqual(functions.mapped("method"), ["job_a", "job_a"])

    def test_bad_names_are_refused(self):
        for name in ("test.queue.job.job_a", "<Test>.x", "<a>.b c", ""):
            with self.assertRaises(UserError):
                self.functions.create({"name": name})
        with self.assertRaisesRegex(UserError, "no.model"):
            self.functions.create({"name": "<no.model>.x"})

    def test_config_of_a_method_without_a_record(self):
        config = self.functions.job_config("<test.queue.job>.unknown")
        self.assertEqual(tuple(config), ("root", {}, True, None, {}, None, False, None))

    def test_config_follows_the_record(self):
        function = self.function(
            allow_commit=True,
            channel_id=self.env.ref("test_queue_job.channel_sub").id,
            edit_retry_pattern="{1: (10, 20), 2: 300}",
            edit_related_action=(
                "{'enable': False, 'func_name': 'x', 'kwargs': {'a': 1}}"
            ),
        )
        config = self.functions.job_config("<test.queue.job>.job_a")
        self.assertEqual(
            tuple(config),
            (
                "root.sub",
                {1: (10, 20), 2: 300},
                False,
                "x",
                {"a": 1},
                function.id,
                True,
                False,
            ),
        )
        function.allow_commit = False
        self.assertFalse(Job(self.record.job_a).job_config.allow_commit)
        function.unlink()
        self.assertIsNone(Job(self.record.job_a).job_config.job_function_id)

    def test_retry_pattern_is_shown_as_it_was_written(self):
        function = self.function(edit_retry_pattern="{1: (10, 20), 2: (20, 40)}")
        self.env.invalidate_all()
        self.assertEqual(function.edit_retry_pattern, "{1: (10, 20), 2: (20, 40)}")
        function.edit_retry_pattern = ""
        self.assertEqual(function.retry_pattern, {})
        self.assertEqual(self.function("fail2").edit_related_action, "{}")

    def test_text_that_is_no_literal_dict_is_refused(self):
        function = self.function()
        for text in ("{1", "[1]", "1", "{1: x}", "'text'"):
            for field in ("edit_retry_pattern", "edit_related_action"):
                with self.assertRaises(UserError):
                    function.write({field: text})
        function.edit_retry_pattern = "None"
        self.assertEqual(function.retry_pattern, {})

    def test_retry_pattern_that_would_break_every_job_is_refused(self):
        function = self.function()
        for pattern in (
            "{1: 1.5}",
            "{1.5: 10}",
            "{'a': 10}",
            "{1: 'x'}",
            "{1: (1, 2, 3)}",
            "{1: (10, 5)}",
            "{1: (1.5, 2)}",
            "{1: -10}",
            "{-1: 10}",
            "{(1, 2): 10}",
            "{1: None}",
            "{1: True}",
        ):
            with self.assertRaises(UserError, msg=pattern):
                function.edit_retry_pattern = pattern
            function.invalidate_recordset()

    def test_numbers_in_text_are_understood(self):
        self.function(retry_pattern={"1": "60", "2": ["5", "6"]})
        job = Job(self.record.job_a)
        self.assertEqual(job.job_config.retry_pattern, {1: 60, 2: (5, 6)})

    def test_retry_pattern_of_an_old_row_that_cannot_be_read_does_not_stop_jobs(self):
        function = self.function()
        self.env.cr.execute(
            "UPDATE queue_job_function SET retry_pattern = %s WHERE id = %s",
            ('{"x": 1}', function.id),
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        with self.assertLogs(SETTINGS_LOGGER, "ERROR"):
            self.assertEqual(Job(self.record.job_a)._get_retry_seconds(), 600)

    def test_related_action_takes_only_its_three_keys(self):
        with self.assertRaises(UserError):
            self.function(related_action={"funcname": "x"})

    def test_related_action_that_could_not_be_called_is_refused(self):
        function = self.function(edit_related_action="{'kwargs': None}")
        self.assertEqual(function.job_config(function.name).related_action_kwargs, {})
        for text in (
            "{'func_name': b'x'}",
            "{'func_name': 3}",
            "{'func_name': {1, 2}}",
            "{'kwargs': 'x'}",
            "{'kwargs': {(1, 2): 3}}",
            "{'kwargs': {1j: 3}}",
        ):
            with self.subTest(text), self.assertRaises(UserError):
                function.edit_related_action = text

    def test_function_declared_by_two_addons_is_one_however_it_is_declared(self):
        functions = self.functions.with_context(install_mode=True)
        model = self.env.ref("test_queue_job.model_test_queue_job").id
        first = functions.create({"model_id": model, "method": "job_a"})
        second = functions.create(
            {"model_id": model, "method": "job_a", "allow_commit": True}
        )
        third = functions.create({"name": "<test.queue.job>.job_a"})
        self.assertEqual((first, first), (second, third))
        self.assertTrue(first.allow_commit)

    def test_function_of_a_noupdate_record_is_not_written_by_another_addon(self):
        function = self.function(method="job_a")
        self.env["ir.model.data"].create(
            {
                "module": "test_queue_job",
                "name": "job_a_function",
                "model": "queue.job.function",
                "res_id": function.id,
                "noupdate": True,
            }
        )
        again = self.functions.with_context(install_mode=True).create(
            {"name": function.name, "allow_commit": True}
        )
        self.assertEqual(again, function)
        self.assertFalse(function.allow_commit)

    def test_function_shadowed_by_an_older_one_shows_it(self):
        first = self.function()
        second = self.function()
        self.assertEqual(second.shadowed_by_id, first)
        self.assertFalse(first.shadowed_by_id)

    def test_method_called_on_failure_can_be_set_in_the_form(self):
        form = Form(self.functions, view="queue_job.view_queue_job_function_form")
        form.model_id = self.env.ref("test_queue_job.model_test_queue_job")
        form.method = "job_a"
        form.on_fail_method = "failed_hook"
        form.edit_retry_pattern = "{1: 10}"
        function = form.save()
        self.assertEqual(Job(self.record.job_a).on_fail_method_name, "failed_hook")
        self.assertEqual(function.retry_pattern, {"1": 10})

    @mute_logger(SETTINGS_LOGGER)
    def test_default_channel_is_root(self):
        self.assertEqual(
            self.functions._default_channel(), self.env.ref("queue_job.channel_root")
        )
