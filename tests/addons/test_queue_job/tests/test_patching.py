import inspect
from unittest.mock import MagicMock, patch

from odoo.tests import tagged

from odoo.addons.queue_job.models.base import Base
from odoo.addons.queue_job.models.queue_job import QueueJob
from odoo.addons.queue_job.models.queue_job_channel import QueueJobChannel
from odoo.addons.queue_job.models.queue_job_function import QueueJobFunction
from odoo.addons.queue_job.wizards.queue_jobs_to_cancelled import SetJobsToCancelled
from odoo.addons.queue_job.wizards.queue_jobs_to_done import SetJobsToDone
from odoo.addons.queue_job.wizards.queue_requeue_job import QueueRequeueJob

from .common import JobCase

_PACKAGE = "odoo.addons.queue_job"

#: the methods of each class that tests of other addons may replace
_METHODS = {
    QueueJob: """
        _change_job_state _compute_dependency_graph _compute_dependency_ids
        _compute_graph_jobs_count _dependency_graph_vis_node _gc_old_jobs
        _message_failed_job _message_post_on_failure _needaction_domain_get
        _search_dependencies _search_dependency_ids _search_dependent_ids
        _subscribe_job_creator _subscribe_users_domain _test_job _test_on_fail
        button_cancelled button_done create init open_graph_jobs open_related_action
        related_action_open_record requeue unlink write""",
    QueueJobChannel: """
        _check_not_root_ondelete _compute_complete_name create parent_required unlink
        write""",
    QueueJobFunction: """
        _check_related_action _check_retry_pattern _compute_edit_related_action
        _compute_edit_retry_pattern _compute_name _default_channel
        _inverse_edit_related_action _inverse_edit_retry_pattern _inverse_name
        _parse_retry_pattern _related_action_format_error_message
        _retry_pattern_format_error_message _retry_value_type_check create job_config
        job_default_config job_function_name unlink write""",
    QueueRequeueJob: "_default_job_ids requeue",
    SetJobsToDone: "set_done",
    SetJobsToCancelled: "set_cancelled",
    Base: """
        _job_prepare_context_before_enqueue _job_prepare_context_before_enqueue_keys
        _job_store_values _patch_job_auto_delay delayable with_delay""",
}

#: where other addons import these classes from, wherever they are written
_IMPORTED_FROM = {
    QueueJob: "models.queue_job",
    QueueJobChannel: "models.queue_job_channel",
    QueueJobFunction: "models.queue_job_function",
    QueueRequeueJob: "wizards.queue_requeue_job",
    SetJobsToDone: "wizards.queue_jobs_to_done",
    SetJobsToCancelled: "wizards.queue_jobs_to_cancelled",
    Base: "models.base",
}


def _call(method) -> None:
    """Call a method that other addons may extend, with the arguments it requires."""
    required = [
        parameter
        for parameter in inspect.signature(method).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    method(*(MagicMock() for _parameter in required))


@tagged("post_install", "-at_install")
class TestPatching(JobCase):
    def test_a_method_patched_on_its_class_is_replaced_on_records(self):
        for cls, names in _METHODS.items():
            records = self.env[cls._name if cls is not Base else "res.partner"]
            for name in names.split():
                path = f"{_PACKAGE}.{_IMPORTED_FROM[cls]}.{cls.__name__}.{name}"
                with self.subTest(path), patch(path) as replaced:
                    _call(getattr(records, name))
                    replaced.assert_called_once()

    def test_no_part_of_a_model_are_ahead_the_class_that_tests_patch(self):
        for cls in _METHODS.keys() - {Base}:
            own = [
                definer
                for definer in self.registry[cls._name].__mro__
                if definer.__module__.startswith(f"{_PACKAGE}.")
                and not issubclass(definer, Base)
            ]
            self.assertIs(own[0], cls)

    def test_a_failure_is_described_by_the_patched_method(self):
        job = self.env["queue.job"].with_delay()._test_job().db_record()
        path = f"{_PACKAGE}.models.queue_job.QueueJob._message_post_on_failure"
        with patch(path, autospec=True) as post:
            job.write({"state": "failed"})
        self.assertEqual(post.call_args.args, (job,))

    def test_the_install_hook_can_be_imported_from_a_module_of_its_name(self):
        from odoo.addons import queue_job
        from odoo.addons.queue_job.post_init_hook import post_init_hook

        self.assertIs(queue_job.post_init_hook, post_init_hook)
