import ast
import logging
import re
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ..job import Job, states
from ..job.states import RUN_COLUMNS, TRANSITIONS
from .engine_common import EngineCase

_PACKAGE = "odoo.addons.queue_job"
_ADDON = Path(__file__).parents[1]
#: Matches a statement or a trigger that writes a state.
_WRITES_STATE = re.compile(r"\bSET\s+(?:\w+\s*=[^;]*?,\s*)?state\s*=|\.state\s*:=")


def _text(node) -> str:
    """Return the text of a string or an f-string, without what is filled in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value if is_text else ""


def _writes_state(node) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "state" and isinstance(node.ctx, ast.Store)
    if isinstance(node, ast.Dict):
        return any(key is not None and _text(key) == "state" for key in node.keys)
    if isinstance(node, ast.JoinedStr | ast.Constant):
        return bool(_WRITES_STATE.search(_text(node)))
    return False


@tagged("post_install", "-at_install")
class TestOwner(BaseCase):
    def test_no_other_module_says_how_a_state_is_written(self):
        writers = set()
        for path in _ADDON.rglob("*.py"):
            name = path.relative_to(_ADDON).as_posix()
            if not name.startswith(("tests/", "migrations/")):
                nodes = ast.walk(ast.parse(path.read_text()))
                if any(map(_writes_state, nodes)):
                    writers.add(name)
        self.assertEqual(writers, {"job/states.py"})

    def test_whatever_would_write_a_state_is_noticed(self):
        for code in (
            "job.state = 'done'",
            "record.write({'state': 'done'})",
            "'UPDATE queue_job SET state = %s'",
            "f'UPDATE {table} SET\\n  priority = 1, state = {x}'",
            "'NEW.state := 1'",
        ):
            with self.subTest(code):
                self.assertTrue(any(map(_writes_state, ast.walk(ast.parse(code)))))
        for code in (
            "job.state == 'done'",
            "'SELECT 1 WHERE state = 1'",
            "'SET priority = 1 WHERE state = 1'",
        ):
            with self.subTest(code):
                self.assertFalse(any(map(_writes_state, ast.walk(ast.parse(code)))))


@tagged("post_install", "-at_install")
class TestTransitions(EngineCase):
    def fill(self, record, state: str) -> None:
        """Fill all columns of a job, as if it had been in every state."""
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE queue_job DISABLE TRIGGER USER")
        self.env.cr.execute(
            "UPDATE queue_job SET state = %s, lease_id = 1, worker_pid = 1, retry = 3, "
            "       exec_time = 1, worker_deaths = 2, death_reason = 'killed', "
            "       date_enqueued = now(), date_started = now(), "
            "       date_done = now() + interval '1 second', "
            "       date_cancelled = now() WHERE id = %s",
            [state, record.id],
        )
        self.env.cr.execute("ALTER TABLE queue_job ENABLE TRIGGER USER")
        self.env.invalidate_all()

    def run_columns(self, record) -> dict:
        """Return what a run left on the row."""
        self.env.flush_all()
        self.env.invalidate_all()
        return {name: record[name] for name in RUN_COLUMNS if record[name]}

    def test_whatever_makes_a_job_pending_again_empties_the_same_columns(self):
        def by_sql(transition):
            return lambda record: self.env.cr.execute(
                f"UPDATE queue_job SET {transition.set_clause()} WHERE id = %s "
                f"AND {transition.starts_from()}",
                [record.id],
            )

        def by_job(record):
            job = Job.load(self.env, record.uuid)
            job.set_pending(reset_retry=False)
            job.store()

        record = self.delay("one")
        ways = [
            (source, by_sql(transition))
            for transition in TRANSITIONS.values()
            for source in transition.sources
            if transition.target == "pending" and source != "wait_dependencies"
        ]
        ways += [("started", by_job), ("failed", lambda record: record.requeue())]
        manager = self.env["res.users"].create(
            {
                "name": "manager",
                "login": "manager of states",
                "group_ids": self.env.ref("queue_job.group_queue_job_manager").ids,
            }
        )
        vals = {"state": states.PENDING}
        ways += [("failed", lambda record: record.with_user(manager).write(vals))]
        for source, move in ways:
            with self.subTest(source=source):
                self.fill(record, source)
                move(record)
                self.assertEqual(self.run_columns(record), {})
                self.assertEqual(record.state, "pending")

    def test_a_job_of_no_worker_has_no_lease_whatever_moves_it(self):
        record = self.delay("one")
        for state in ("pending", "done", "cancelled", "failed", "wait_dependencies"):
            with self.subTest(state):
                self.fill(record, "enqueued")
                record.state = state
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertFalse(record.lease_id)

    def test_deaths_are_forgotten_when_a_job_is_done_or_requeued(self):
        record = self.delay("one")
        for source, target, deaths in (
            ("started", "done", 0),
            ("failed", "pending", 0),
            ("started", "pending", 2),
            ("enqueued", "started", 2),
        ):
            with self.subTest(source=source, target=target):
                self.fill(record, source)
                record.state = target
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(record.worker_deaths, deaths)

    def test_values_and_statements_say_the_same(self):
        for name, transition in TRANSITIONS.items():
            with self.subTest(name):
                columns = set(transition.columns())
                engine = {"lease_id", "worker_deaths", "death_reason"}
                self.assertEqual(set(transition.values(None)), columns - engine)
                record = self.delay(name)
                for source in transition.sources:
                    self.fill(record, source)
                    self.env.cr.execute(
                        f"SELECT 1 FROM queue_job WHERE id = %s "
                        f"AND {transition.starts_from()}",
                        [record.id],
                    )
                    self.assertTrue(self.env.cr.rowcount, source)

    def test_a_transition_that_is_not_in_the_table_is_logged_and_done(self):
        job = Job(self.jobs._test_job)
        job.state = "cancelled"
        with self.assertLogs(f"{_PACKAGE}.job.job", logging.DEBUG) as logs:
            job.set_started()
        self.assertEqual(job.state, "started")
        self.assertIn("from=cancelled to=started", logs.output[0])
        with self.assertNoLogs(f"{_PACKAGE}.job.job", logging.DEBUG):
            job.set_done()

    def test_a_pending_job_can_be_performed_without_a_log_line(self):
        job = Job(self.jobs._test_job)
        with self.assertNoLogs(f"{_PACKAGE}.job", logging.INFO):
            job.set_started()
            job.perform()
            job.set_done()
        self.assertEqual(job.state, "done")

    def test_jobs_a_button_does_not_move_are_logged(self):
        started, failed = self.delay("one"), self.delay("two")
        self.fill(started, "started")
        self.fill(failed, "failed")
        with self.assertLogs(
            f"{_PACKAGE}.models.job.transitions", logging.INFO
        ) as logs:
            (started + failed).requeue()
        self.assertEqual((started.state, failed.state), ("started", "pending"))
        self.assertIn(f"{started.uuid} (started)", logs.output[0])
        self.assertNotIn(failed.uuid, logs.output[0])

    def test_every_state_can_be_reached_and_left(self):
        targets = {transition.target for transition in TRANSITIONS.values()}
        sources = {s for transition in TRANSITIONS.values() for s in transition.sources}
        self.assertEqual(targets, sources)
        self.assertEqual(targets, set(dict(states.STATES)))
