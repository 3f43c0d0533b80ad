"""What a job's own code raises decides its outcome, and nothing else."""

import argparse
import asyncio
import builtins
import sys
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import LazyTranslate, mute_logger

from ..controllers.main import RunJobController
from ..delay import chain
from ..engine.run.interrupt import JobInterrupted
from ..engine.run.job_code import JobAborted, job_code
from ..exception import RetryableJobError
from ..job import Job, dependencies
from ..models.queue_job import QueueJob
from .engine_common import EngineCase

_CONTROLLER = "odoo.addons.queue_job.controllers.main"
_OUTCOME = "odoo.addons.queue_job.engine.run.outcome"
_CHILDREN = "odoo.addons.queue_job.engine.run.dependents"
_UNDECODABLE = "odoo.addons.queue_job.engine.run.undecodable"
_LEASED = "odoo.addons.queue_job.engine.run.acquire"
_RUN = "odoo.addons.queue_job.engine.run.batch"
_LAZY = LazyTranslate("queue_job")("Job Queue")


class Direct(BaseException):
    pass


#: Python 3.10 has none.
Group = getattr(builtins, "BaseExceptionGroup", Direct)


class Mute:
    """Raises this whenever it is converted to text."""

    def __init__(self, error):
        self.error = error

    def _raise(self):
        raise self.error

    __str__ = __repr__ = __bool__ = _raise


class MuteError(ValueError):
    def __str__(self):
        raise SystemExit("no text")


class FateCase(EngineCase):
    def setUp(self):
        super().setUp()
        self.configure("root:4")

    def doing(self, function):
        """Replace ``_test_job`` with ``function()``."""

        def _test_job(record, *args, **kwargs):
            return function()

        return patch.object(QueueJob, "_test_job", _test_job)

    def raising(self, error):
        def fail():
            raise error

        return self.doing(fail)

    @property
    def on_fail_calls(self):
        """Set an on-fail method on the job function; return the list of its calls."""
        function = self.env.ref("queue_job.job_function_queue_job__test_job")
        function.on_fail_method = "_test_on_fail"
        calls = []
        self.startPatcher(
            patch.object(
                QueueJob,
                "_test_on_fail",
                lambda job, **kwargs: calls.append(
                    {
                        **kwargs,
                        "lang": job.env.lang,
                        "user": job.env.user.exists().id,
                        "company": job.env.company.exists().id,
                    }
                ),
            )
        )
        return calls

    def assert_failed(self, record, name, *, text="", retry=1):
        self.assertEqual((record.state, record.retry), ("failed", retry))
        self.assertEqual((record.exc_name or "").split(".")[-1], name)
        self.assertIn(text, record.exc_message or "")
        self.assertIn("Traceback", record.exc_info)
        self.assertTrue(record.date_failed)
        self.assertFalse(record.lease_id)


@tagged("post_install", "-at_install")
class TestWhatAJobRaises(FateCase):
    @mute_logger(_CONTROLLER)
    def test_what_would_end_a_process_fails_the_job_and_the_next_one_runs(self):
        def parse():
            argparse.ArgumentParser(prog="job").parse_args(["--unknown"])

        def raising(error):
            return Mute(error)._raise

        for name, function in (
            ("SystemExit", lambda: sys.exit(1)),
            ("SystemExit", parse),
            ("GeneratorExit", raising(GeneratorExit())),
            ("KeyboardInterrupt", raising(KeyboardInterrupt())),
            ("CancelledError", raising(asyncio.CancelledError())),
            ("Direct", raising(Direct("of a library"))),
            (Group.__name__, raising(Group("two", [SystemExit()]))),
            ("JobInterrupted", raising(JobInterrupted())),
            ("StopIteration", lambda: next(iter([]))),
        ):
            with self.subTest(name=name):
                record, after = self.delay("deadly", priority=1), self.delay("after")
                calls = self.on_fail_calls
                functions = iter([function, list])
                with self.doing(lambda functions=functions: next(functions)()):
                    self.run_all()
                self.assert_failed(record, name)
                self.assertEqual(after.state, "done")
                self.assertEqual(len(calls), 1)

    @mute_logger(_CONTROLLER)
    def test_the_message_of_an_exit_names_the_exception(self):
        record = self.delay("one")
        with self.raising(SystemExit(3)):
            self.run_all()
        self.assert_failed(record, "SystemExit", text="The job raised SystemExit: 3")

    @mute_logger(_CONTROLLER)
    def test_the_flush_of_a_jobs_work_is_its_own_code(self):
        record = self.delay("one")
        partners = type(self.env["res.partner"])
        original = partners._write_multi

        def exits(records, values):
            if any(value.get("name") == "exit" for value in values):
                raise SystemExit(1)
            return original(records, values)

        def _test_job(job, *args, **kwargs):
            job.env["res.partner"].browse(1).name = "exit"

        with (
            patch.object(QueueJob, "_test_job", _test_job),
            patch.object(partners, "_write_multi", exits),
        ):
            self.run_all()
        self.assert_failed(record, "SystemExit")

    @mute_logger(_CONTROLLER, _OUTCOME)
    def test_an_exit_of_the_on_fail_method_is_noted_with_the_failure(self):
        record = self.delay("one")
        _calls = self.on_fail_calls
        with (
            self.raising(ValueError("no luck")),
            patch.object(QueueJob, "_test_on_fail", lambda *a, **kw: sys.exit(5)),
        ):
            self.run_all()
        self.assert_failed(record, "ValueError", text="no luck")
        self.assertIn("While storing this failure: SystemExit: 5", record.exc_info)

    @mute_logger(_CONTROLLER, _OUTCOME)
    def test_an_exit_in_notifying_users_keeps_date_location_and_on_fail(self):
        record = self.delay("one")
        calls = self.on_fail_calls
        with (
            self.raising(ValueError("no luck")),
            patch.object(QueueJob, "_message_failed_job", lambda job: sys.exit(5)),
        ):
            self.run_all()
        self.assert_failed(record, "ValueError", text="no luck")
        self.assertIn("test_job_code.py", record.exc_place)
        self.assertEqual(len(calls), 1)

    @mute_logger(_CONTROLLER, _OUTCOME)
    def test_an_exit_while_describing_the_failure_is_noted_with_it(self):
        record = self.delay("one")
        with (
            self.raising(ValueError("no luck")),
            patch.object(
                RunJobController, "_get_failure_values", lambda *args: sys.exit(5)
            ),
        ):
            self.run_all()
        self.assert_failed(record, "ValueError", text="no luck")
        self.assertIn("While describing this failure", record.exc_info)

    @mute_logger(_CHILDREN, _RUN)
    def test_an_exit_in_releasing_dependents_leaves_the_job_done(self):
        job = self.jobs.delayable
        chain(
            job(description="parent")._test_job(), job(description="child")._test_job()
        ).delay()
        with patch.object(dependencies, "_select_jobs", lambda *args: sys.exit(5)):
            self.run_next()
        parent, child = (
            self.jobs.search([("name", "=", name)]) for name in ("parent", "child")
        )
        self.assertEqual((parent.state, child.state), ("done", "wait_dependencies"))
        self.assertTrue(parent.release_due)

    @mute_logger(_UNDECODABLE, _RUN)
    def test_an_exit_in_loading_a_job_fails_it(self):
        record = self.delay("one")
        field = self.jobs._fields["args"]
        with patch.object(type(field), "decode", lambda *args: sys.exit(5)):
            self.run_all()
        self.assert_failed(record, "SystemExit", text="SystemExit: 5")

    @mute_logger(_CONTROLLER, _LEASED)
    def test_an_exit_in_the_values_of_the_model_fails_the_job(self):
        for state in ("started", "done"):
            with self.subTest(state=state):
                record = self.delay("one")

                def values(model, job, state=state):
                    return sys.exit(5) if job.state == state else {}

                def write(record, vals, original=QueueJob.write):
                    return original(record, vals)

                # the start is stored with the ORM only if another addon needs it
                write.__module__ = "odoo.addons.some_addon.models.queue_job"
                calls = self.on_fail_calls
                with (
                    patch.object(QueueJob, "_job_store_values", values, create=True),
                    patch.object(QueueJob, "write", write),
                ):
                    self.run_all()
                self.assert_failed(record, "SystemExit")
                self.assertEqual(len(calls), 1)

    @mute_logger(_CONTROLLER, _OUTCOME)
    def test_a_job_run_without_lease_raises_an_error_and_no_exit(self):
        record = self.delay("one")
        record.state = "enqueued"
        with patch.object(self.env.cr, "commit"):
            job = RunJobController._acquire_job(self.env, record.uuid)
        with self.raising(SystemExit(1)), self.enter_registry_test_mode():
            # assertRaises would roll back what is stored
            try:
                RunJobController._runjob(self.env, job)
            except JobAborted as error:
                self.assertIsInstance(error.__cause__, SystemExit)
            else:
                self.fail("no error")
        self.env.invalidate_all()
        self.assert_failed(record, "SystemExit")

    @mute_logger(_CONTROLLER, _OUTCOME)
    def test_a_failure_leaves_no_row_of_a_job_that_its_caller_has_not_committed(self):
        record = self.delay("one")
        record.state = "enqueued"
        with patch.object(self.env.cr, "commit"):
            job = RunJobController._acquire_job(self.env, record.uuid)
        with self.raising(ValueError("no luck")), self.assertRaises(ValueError):
            RunJobController._runjob(self.env, job)
        with self.registry.cursor() as cr:
            cr.execute("SELECT 1 FROM queue_job WHERE uuid = %s", (job.uuid,))
            self.assertFalse(cr.rowcount)

    def test_an_exit_of_the_related_action_ends_no_process(self):
        record = self.delay("one")
        with (
            patch.object(Job, "related_action", lambda job: sys.exit(5)),
            self.assertRaises(JobAborted),
        ):
            record.open_related_action()

    def test_a_stop_request_of_the_process_is_not_the_jobs_error(self):
        server = "odoo.service.server.server"
        with (
            patch(server) as running,
            self.assertRaises(KeyboardInterrupt),
            job_code(),
        ):
            running.quit_signals_received = 1
            raise KeyboardInterrupt
        with (
            patch.object(sys, "is_finalizing", lambda: True),
            self.assertRaises(SystemExit),
            job_code(),
        ):
            raise SystemExit(0)


@tagged("post_install", "-at_install")
class TestTextOfJobs(FateCase):
    @mute_logger(_CONTROLLER, "odoo.tools.translate")
    def test_an_error_whose_text_cannot_be_stored_is_described_as_far_as_possible(self):
        for error, text in (
            (ValueError("bad \x00 reply"), "bad \\x00 reply"),
            (ValueError("caf\udce9"), "caf\\udce9"),
            (ValueError(b"bytes"), "bytes"),
            (ValueError({"a": 1}, 2), "{'a': 1}"),
            (UserError(_LAZY), "Job Queue"),
            (ValueError(Mute(SystemExit())), "conversion to text raised SystemExit"),
            (MuteError(), "conversion to text raised SystemExit"),
        ):
            with self.subTest(text=text):
                record = self.delay("one")
                calls = self.on_fail_calls
                with self.raising(error):
                    self.run_all()
                self.assert_failed(record, type(error).__name__, text=text)
                self.assertTrue(record.exc_place)
                self.assertEqual(calls[0]["exc_message"], record.exc_message)

    @mute_logger(_CONTROLLER)
    def test_of_a_message_of_megabytes_both_ends_are_kept(self):
        record = self.delay("one")
        with self.raising(ValueError("begin" + 5_000_000 * "x" + "end")):
            self.run_all()
        self.assert_failed(record, "ValueError", text="begin")
        self.assertTrue(record.exc_message.endswith("end"))
        self.assertRegex(record.exc_message, r"x\n\[... 499\d{4} characters omitted")
        self.assertLessEqual(len(record.exc_message), 10_000)
        self.assertLessEqual(len(record.exc_info), 1_000_000)

    def test_a_retry_stays_a_retry_whatever_its_text(self):
        for message, text in (
            ("later \x00", "later \\x00"),
            (Mute(ValueError()), "conversion to text raised"),
            ("caf\udce9", "caf\\udce9"),
        ):
            with self.subTest(text=text):
                record = self.delay("one")
                with self.raising(RetryableJobError(message, seconds=60)):
                    self.run_all()
                self.assertEqual((record.state, record.retry), ("pending", 1))
                self.assertIn(text, record.result)

    @mute_logger(_CONTROLLER)
    def test_a_retry_with_an_invalid_delay_fails_with_a_message(self):
        record = self.delay("one")
        error = RetryableJobError("later")
        error.seconds = "soon"
        with self.raising(error):
            self.run_all()
        self.assert_failed(record, "ValueError", text="Invalid retry delay: 'soon'")

    @mute_logger(_CONTROLLER)
    def test_the_last_retry_fails_with_the_available_text(self):
        record = self.delay("one", max_retries=1)
        with self.raising(RetryableJobError(Mute(ValueError()), seconds=60)):
            self.run_all()
        self.assert_failed(record, "FailedJobError", text="Max. retries (1) reached")

    def test_a_result_that_cannot_be_stored_leaves_the_job_done(self):
        for result, text in (
            ("a \x00 b", "a \\x00 b"),
            ("caf\udce9", "caf\\udce9"),
            (Mute(ValueError()), "Mute: conversion to text raised ValueError"),
            (Mute(SystemExit()), "Mute: conversion to text raised SystemExit"),
            (0, False),
        ):
            with self.subTest(text=text):
                record = self.delay("one")
                with self.doing(lambda result=result: result):
                    self.run_all()
                self.assertEqual(record.state, "done")
                if text:
                    self.assertIn(text, record.result)
                else:
                    self.assertFalse(record.result)

    def test_a_description_is_stored_as_text(self):
        for description, name in (
            ("bad \x00 name", "bad \\x00 name"),
            (_LAZY, "Job Queue"),
            (12, "12"),
        ):
            with self.subTest(name=name):
                self.assertEqual(self.delay(description).name, name)


@tagged("post_install", "-at_install")
class TestFailureInABrokenEnvironment(FateCase):
    def fail_as(self, jobs, break_environment):
        record = jobs.with_delay(description="one")._test_job().db_record()
        calls = self.on_fail_calls
        break_environment()
        with self.raising(ValueError("no luck")), mute_logger(_CONTROLLER):
            self.run_all()
        self.assert_failed(record, "ValueError", text="no luck")
        self.assertIn("test_job_code.py", record.exc_place)
        self.assertNotIn("While storing this failure", record.exc_info)
        subtype = self.env.ref("queue_job.mt_job_failed")
        self.assertIn(subtype, record.message_ids.subtype_id)
        [call] = calls
        self.assertEqual(call["exc_message"], "no luck")
        return call

    def test_the_language_was_deactivated(self):
        lang = self.env["res.lang"]._activate_lang("fr_FR")
        self.env["res.users"].search([("lang", "=", "fr_FR")]).lang = "en_US"

        def deactivate():
            self.env["res.partner"].search([("lang", "=", "fr_FR")]).lang = "en_US"
            lang.active = False

        call = self.fail_as(self.jobs.with_context(lang="fr_FR"), deactivate)
        self.assertFalse(call["lang"])

    def test_a_job_whose_language_was_deactivated_runs_where_writes_are_watched(self):
        lang = self.env["res.lang"]._activate_lang("fr_FR")
        jobs = self.jobs.with_context(lang="fr_FR")
        record = jobs.with_delay(description="one")._test_job().db_record()
        self.env["res.partner"].search([("lang", "=", "fr_FR")]).lang = "en_US"
        self.env["res.users"].search([("lang", "=", "fr_FR")]).lang = "en_US"
        lang.active = False
        langs = []
        write = QueueJob.write

        def watched_write(jobs, vals):
            langs.append(jobs.env.lang)
            # as translated texts of the records do
            jobs.env._("Failed")
            return write(jobs, vals)

        watched_write.__module__ = "odoo.addons.other.models"
        with self.doing(lambda: 1), patch.object(QueueJob, "write", watched_write):
            self.run_all()
        self.assertEqual((record.state, record.exc_info), ("done", False))
        self.assertEqual(set(langs), {None})

    def test_the_user_was_deleted(self):
        user = self.env["res.users"].create({"name": "Ann", "login": "ann"})
        user.group_ids += self.env.ref("queue_job.group_queue_job_manager")
        call = self.fail_as(self.jobs.with_user(user), user.unlink)
        self.assertTrue(call["user"])

    def test_the_company_was_deleted(self):
        company = self.env["res.company"].create({"name": "Gone"})
        jobs = self.jobs.with_context(allowed_company_ids=[company.id])

        def delete():
            self.env.cr.execute(
                "UPDATE queue_job SET company_id = NULL WHERE company_id = %s",
                [company.id],
            )
            company.unlink()

        call = self.fail_as(jobs, delete)
        self.assertTrue(call["company"])
