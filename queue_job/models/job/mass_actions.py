"""Applies an action to many jobs, and notifies the user of the outcome."""

from ...job.states import CANCEL, REQUEUE, SET_DONE
from ..part import Part

#: Jobs handled at a time.
_BATCH = 1000

#: States of the jobs that a button acts on.
STATES_OF_ACTION = {
    "requeue": REQUEUE.sources,
    "button_done": SET_DONE.sources,
    "button_cancelled": CANCEL.sources,
}


class JobMassActions(Part):
    _name = "queue.job"
    _register = False

    def _acted_on_by(self, method_name):
        """Return the jobs that a button has an effect on."""
        states = STATES_OF_ACTION[method_name]
        return self.filtered(lambda job: job.state in states)

    def _act_on_all(self, method_name, title):
        """Call a button on all these jobs; notify the user of the number of jobs moved.

        :param method_name: ``requeue``, ``button_done`` or ``button_cancelled``
        :param title: title of the notification
        """
        total = len(self)
        moved = 0
        for start in range(0, total, _BATCH):
            jobs = self[start : start + _BATCH]._acted_on_by(method_name)
            moved += len(jobs)
            getattr(jobs, method_name)()
            self.env.flush_all()
        if moved < total:
            message = self.env._(
                "%(moved)s of %(total)s jobs; %(skipped)s were skipped because of "
                "their state",
                moved=moved,
                total=total,
                skipped=total - moved,
            )
        else:
            message = self.env._(
                "%(moved)s of %(total)s jobs", moved=moved, total=total
            )
        self.env.user._bus_send(
            "simple_notification",
            {"type": "success", "title": title, "message": message},
        )
        return True
