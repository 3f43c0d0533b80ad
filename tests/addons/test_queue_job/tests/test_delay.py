import gc
from unittest import mock

from odoo.tests import tagged

from odoo.addons.queue_job import delayable_graph
from odoo.addons.queue_job.delay import (
    Delayable,
    DelayableChain,
    DelayableGroup,
    chain,
    group,
)

from .common import JobCase

NEVER_DELAYED = "odoo.addons.queue_job.delay"


@tagged("post_install", "-at_install")
class TestDelay(JobCase):
    def node(self, name):
        return self.record.delayable(description=name).testing_method(name)

    def parents(self):
        """Return {description: descriptions of parents} of all stored jobs."""
        return {
            job.name: set(job.dependency_ids.mapped("name"))
            for job in self.queue_job.search([])
        }

    def setUp(self):
        super().setUp()
        self.queue_job.search([]).unlink()

    def test_with_delay_stores_a_job_with_its_properties(self):
        job = self.record.with_delay(
            priority=7,
            eta=3600,
            max_retries=2,
            description="my job",
            channel="root.sub",
            identity_key="once",
        ).testing_method(1, k=2)
        row = job.db_record()
        self.assertEqual(
            (row.priority, row.max_retries, row.name, row.channel, row.identity_key),
            (7, 2, "my job", "root.sub", "once"),
        )
        self.assertEqual((row.args, row.kwargs), ([1], {"k": 2}))
        self.assertEqual(row.records, self.record)
        self.assertEqual(row.user_id, self.env.user)
        self.assertEqual(row.channel_method_name, "<test.queue.job>.testing_method")
        self.assertGreater(row.eta, row.date_created)
        self.assertEqual(row.state, "pending")
        self.assertFalse(row.graph_uuid)

    def test_delayable_is_built_call_by_call(self):
        delayable = (
            self.record.delayable().testing_method(1).set(priority=3).set({"eta": 4})
        )
        self.assertIsInstance(delayable, Delayable)
        self.assertEqual((delayable.priority, delayable.eta), (3, 4))
        self.assertEqual(
            repr(delayable), f"Delayable({self.record}.testing_method((1,), {{}}))"
        )
        with self.assertRaisesRegex(ValueError, "hue"):
            delayable.set(hue="red")
        self.assertIsNone(delayable.delay())
        self.assertEqual(delayable._generated_job.priority, 3)

    def test_fields_and_unknown_names_cannot_be_delayed(self):
        delayable = self.record.delayable()
        with self.assertRaisesRegex(AttributeError, "name is a field"):
            delayable.name()
        with self.assertRaises(AttributeError):
            delayable.no_such_method()
        delayable._generated_job = True
        handle = self.record.with_delay()
        call = handle.no_such_method
        with self.assertRaises(AttributeError):
            call()
        handle.delayable._generated_job = True

    def test_handle_shows_its_recordset(self):
        handle = self.record.with_delay()
        self.assertEqual(
            str(handle), f"DelayableRecordset(test.queue.job({self.record.id},))"
        )
        empty = self.model.with_delay()
        self.assertEqual(repr(empty), "DelayableRecordset(test.queue.job())")
        handle.delayable._generated_job = empty.delayable._generated_job = True

    def test_delayable_that_is_dropped_warns(self):
        delayable = self.model.delayable().testing_method(1)
        with self.assertLogs(NEVER_DELAYED, "WARNING") as logs:
            del delayable
            gc.collect()
        self.assertEqual(
            logs.records[0].getMessage(),
            "Delayable Delayable(test.queue.job().testing_method((1,), {})) was "
            "prepared but never delayed",
        )

    def test_second_call_on_one_handle_stores_a_second_job(self):
        handle = self.record.with_delay(priority=3)
        first, second = handle.testing_method(1), handle.testing_method(2)
        self.assertNotEqual(first, second)
        self.assertEqual((first.args, second.args), ((1,), (2,)))
        self.assertEqual(second.db_record().priority, 3)

    def test_jobs_of_a_graph_share_its_uuid(self):
        chain(self.node("a"), self.node("b")).delay()
        jobs = self.queue_job.search([])
        self.assertEqual(len(set(jobs.mapped("graph_uuid"))), 1)
        self.assertTrue(jobs[0].graph_uuid)
        child = jobs.filtered(lambda job: job.name == "b")
        parent = jobs - child
        self.assertEqual((parent.state, child.state), ("pending", "wait_dependencies"))
        self.assertEqual(
            child.dependencies,
            {"depends_on": [parent.uuid], "reverse_depends_on": []},
        )
        self.assertEqual(
            parent.dependencies,
            {"depends_on": [], "reverse_depends_on": [child.uuid]},
        )

    def test_group_then_one(self):
        group(self.node("a"), self.node("b")).on_done(self.node("c")).delay()
        self.assertEqual(self.parents(), {"a": set(), "b": set(), "c": {"a", "b"}})

    def test_on_done_of_one_runs_all_given_after_it(self):
        self.node("a").on_done(self.node("b"), self.node("c")).delay()
        self.assertEqual(self.parents(), {"a": set(), "b": {"a"}, "c": {"a"}})

    def test_nested_chain_waits_with_its_first_and_releases_with_its_last(self):
        inner = chain(chain(self.node("a"), self.node("b")), self.node("c"))
        self.node("x").on_done(inner).delay()
        self.assertEqual(
            self.parents(), {"x": set(), "a": {"x"}, "b": {"a"}, "c": {"b"}}
        )

    def test_what_follows_a_nested_chain_waits_for_its_last(self):
        inner = chain(self.node("c"), chain(self.node("a"), self.node("b")))
        chain(inner, self.node("d")).delay()
        self.assertEqual(
            self.parents(), {"c": set(), "a": {"c"}, "b": {"a"}, "d": {"b"}}
        )

    def test_groups_of_chains_of_groups(self):
        chain(
            group(chain(self.node("a"), group(self.node("b"), self.node("c")))),
            group(self.node("d"), chain(self.node("e"), self.node("f"))),
        ).delay()
        self.assertEqual(
            self.parents(),
            {
                "a": set(),
                "b": {"a"},
                "c": {"a"},
                "d": {"b", "c"},
                "e": {"b", "c"},
                "f": {"e"},
            },
        )

    def test_cycle_is_refused_with_its_jobs_and_nothing_is_stored(self):
        a, b, c = self.node("a"), self.node("b"), self.node("c")
        a.on_done(b)
        b.on_done(c)
        c.on_done(b)
        with self.assertRaisesRegex(ValueError, "cycle.*testing_method.*'b'"):
            a.delay()
        self.assertFalse(self.queue_job.search([]))
        with self.assertRaisesRegex(ValueError, "cycle"):
            Delayable.delay(a)
        for delayable in (a, b, c):
            delayable._generated_job = True

    def test_cycle_is_refused_in_direct_mode_too(self):
        record = self.record.with_context(queue_job__no_delay=True)
        a, b = record.delayable().append_note("a"), record.delayable().append_note("b")
        a.on_done(b)
        b.on_done(a)
        with self.assertRaisesRegex(ValueError, "cycle"):
            a.delay()
        self.assertFalse(self.record.notes)
        a._generated_job = b._generated_job = True

    def test_delaying_nothing_is_nothing(self):
        nothing = self.model.browse()
        for empty in (
            group(),
            chain(),
            group(chain(), group()),
            chain(group(), chain(group())),
            nothing.delayable().testing_method().split(10),
            nothing.delayable().testing_method().split(10, chain=True),
        ):
            self.assertIsNone(empty.delay())
        self.assertFalse(self.queue_job.search([]))
        with self.assertNoLogs(NEVER_DELAYED, "WARNING"):
            del empty
            gc.collect()

    def test_order_holds_over_empty_steps(self):
        def empty():
            return group()

        for make in (
            empty,
            chain,
            lambda: group(group(), chain()),
            lambda: chain(group(), group()),
            lambda: self.model.delayable().testing_method().split(2),
        ):
            self.queue_job.search([]).unlink()
            chain(
                make(),
                self.node("a"),
                make(),
                make(),
                group(make(), self.node("b"), chain(make(), self.node("c"), make())),
                make(),
                self.node("d"),
                make(),
            ).delay()
            self.assertEqual(
                self.parents(),
                # through the empty member of the group, d depends on a
                {"a": set(), "b": {"a"}, "c": {"a"}, "d": self.parents()["d"]},
            )
            self.assertLessEqual({"b", "c"}, self.parents()["d"])

    def test_what_comes_after_an_empty_step_comes_after_what_is_before_it(self):
        empty = group()
        empty.on_done(self.node("b"), self.node("c"))
        self.node("a").on_done(empty).delay()
        self.assertEqual(self.parents(), {"a": set(), "b": {"a"}, "c": {"a"}})
        self.queue_job.search([]).unlink()
        chain().on_done(self.node("x")).delay()
        self.assertEqual(self.parents(), {"x": set()})

    def test_many_jobs_before_and_after_an_empty_step_meet_in_a_barrier_job(self):
        before = group(*[self.node(f"a{i}") for i in range(3)])
        after = group(*[self.node(f"b{i}") for i in range(3)])
        with mock.patch.object(delayable_graph, "MAX_LINKS", 8):
            chain(before, group(), after).delay()
        parents = self.parents()
        self.assertEqual(len(parents), 7)
        self.assertEqual(len(parents["b0"]), 1)
        self.assertEqual(parents[next(iter(parents["b0"]))], {"a0", "a1", "a2"})

    def test_cycle_through_an_empty_step_is_refused(self):
        empty, a = group(), self.node("a")
        empty.on_done(a)
        a.on_done(empty)
        with self.assertRaisesRegex(ValueError, "cycle"):
            a.delay()
        a._generated_job = True

    def test_whatever_looks_like_a_recordset_can_be_split(self):
        class Records(list):
            _name = "lookalike"

            def __getitem__(self, key):
                return Records(super().__getitem__(key))

            def work(self):
                pass

        split = Delayable(Records(range(5))).work().split(2)
        self.assertEqual(
            sorted(len(part.recordset) for part in split._delayables), [1, 2, 2]
        )
        for part in split._delayables:
            part._generated_job = True

    def test_only_what_is_below_is_delayed(self):
        a, b, c = self.node("a"), self.node("b"), self.node("c")
        a.on_done(b)
        b.on_done(c)
        b.delay()
        self.assertEqual(self.parents(), {"b": set(), "c": {"b"}})
        a._generated_job = True

    def test_delayed_job_can_be_attached_to_a_new_parent(self):
        child = self.node("child")
        child.delay()
        self.assertEqual(child._generated_job.db_record().state, "pending")
        self.node("parent").on_done(child).delay()
        row = child._generated_job.db_record()
        self.assertEqual(row.state, "wait_dependencies")
        self.assertEqual(row.dependency_ids.name, "parent")
        self.assertEqual(row.graph_uuid, row.dependency_ids.graph_uuid)
        self.assertEqual(len(self.queue_job.search([])), 2)

    def test_split_makes_slices_with_numbered_descriptions(self):
        records = self.model.create([{"name": str(i)} for i in range(5)])
        delayable = records.delayable(priority=4, channel="root.sub").testing_method(1)
        split = delayable.split(2)
        self.assertIsInstance(split, DelayableGroup)
        split.delay()
        jobs = self.queue_job.search([], order="id")
        self.assertEqual([len(job.records) for job in jobs], [2, 2, 1])
        self.assertEqual(
            set(jobs.mapped("name")),
            {f"Method used for tests (split {i}/3)" for i in (1, 2, 3)},
        )
        self.assertEqual(set(jobs.mapped("priority")), {4})
        self.assertEqual(jobs[0].args, [1])

    def test_split_in_a_chain_keeps_the_order(self):
        records = self.model.create([{"name": str(i)} for i in range(3)])
        split = records.delayable(description="x").testing_method().split(1, chain=True)
        self.assertIsInstance(split, DelayableChain)
        split.delay()
        self.assertEqual(
            self.parents(),
            {
                "x (split 1/3)": set(),
                "x (split 2/3)": {"x (split 1/3)"},
                "x (split 3/3)": {"x (split 2/3)"},
            },
        )

    def test_split_needs_a_method(self):
        delayable = self.record.delayable()
        with self.assertRaises(ValueError):
            delayable.split(2)
        delayable._generated_job = True

    def test_delaying_without_a_method_is_an_error(self):
        delayable = self.record.delayable()
        with self.assertRaisesRegex(ValueError, "No method was called"):
            delayable.delay()
        delayable._generated_job = True
