from odoo import api, fields, models

from odoo.addons.queue_job.exception import JobError, RetryableJobError


class TestQueueJob(models.Model):
    _name = "test.queue.job"
    _description = "Test model for queue.job"

    name = fields.Char()
    # shows what a job did
    notes = fields.Text()

    @api.model
    def _job_store_values(self, job):
        if self._name != "test.queue.job":
            return super()._job_store_values(job)
        return {"additional_info": "JUST_TESTING", "name": "not wanted"}

    def _job_store_values_for_specific_values(self, job):
        return {"additional_info": f"SPECIFIC {job.state}"}

    @api.model
    def _job_prepare_context_before_enqueue_keys(self):
        return (
            *super()._job_prepare_context_before_enqueue_keys(),
            "config_key",
        )

    def testing_method(self, *args, **kwargs):
        """Method used for tests

        Return always arguments and keyword arguments.
        """
        if kwargs.get("raise_retry"):
            raise RetryableJobError("Must be retried later")
        if kwargs.get("return_context"):
            return self.env.context
        return args, kwargs

    def no_description(self):
        return None

    def description_on_second_line(self):
        """
        Do what the second line says
        """

    def specific_values(self):
        """Store custom values in the row"""

    def append_note(self, text):
        """Add a line to the notes"""
        for record in self:
            record.notes = f"{record.notes or ''}{text}\n"

    def mutable(self, values, mapping=None):
        """Change its arguments"""
        values.append(2)
        (mapping or {})["b"] = 2

    def fail(self, message="broken"):
        """Fail permanently"""
        raise JobError(message)

    def failed_hook(self, **kw):
        self.append_note(f"failed: {kw.get('exc_message')}")

    def job_with_retry_pattern(self):
        """Have a retry pattern"""

    def job_with_retry_pattern__no_zero(self):
        """Have a retry pattern without a value for the first attempt"""

    def testing_related_action__return_none(self):
        """Have a related action that opens nothing"""

    def testing_related_action__kwargs(self):
        """Have a related action with arguments"""

    def testing_related_action__store(self):
        """Have a related action opening a URL"""

    def job_a(self):
        """Job A"""

    def job_sub_channel(self):
        """Run in a separate channel"""


class TestQueueJobAuto(models.Model):
    """Methods that delay themselves."""

    _name = "test.queue.job.auto"
    _description = "Test model for methods that delay themselves"

    def _register_hook(self):
        cls = type(self)
        patch = self._patch_job_auto_delay
        cls.delay_me = patch("delay_me")
        cls.delay_me_options = patch("delay_me_options")
        cls.delay_me_context_key = patch(
            "delay_me_context_key", context_key="auto_delay_me"
        )
        return super()._register_hook()

    def delay_me(self, arg, kwarg=None):
        """Delay itself"""
        return arg, kwarg

    def delay_me_options_job_options(self):
        return {
            "identity_key": "my_job_identity",
            "priority": 3,
            "eta": 60,
        }

    def delay_me_options(self):
        """Delay itself with options"""
        return "ok"

    def delay_me_context_key(self):
        """Delay itself depending on the context"""
        return "ok"


class TestQueueChannel(models.Model):
    _name = "test.queue.channel"
    _description = "Test model for the channels of jobs"

    def job_a(self):
        """Job A"""
