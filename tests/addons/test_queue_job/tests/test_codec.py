"""Arguments are decoded with their value and type, or are refused by name."""

import enum
import json
from collections import Counter, OrderedDict, defaultdict, namedtuple
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from unittest import mock
from uuid import UUID

import lxml.html
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from odoo.api import Environment
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import frozendict, lazy

from odoo.addons.queue_job.exception import InvalidJobError, UndecodableJobError
from odoo.addons.queue_job.fields import JobDecoder, JobEncoder
from odoo.addons.queue_job.job import codec, documents, marks

from .common import JobCase

quick = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=150,
    suppress_health_check=list(HealthCheck),
)

_text = st.text(st.characters()) | st.lists(
    st.sampled_from(["\ud83d", "\ude00", "\x00", "é", "a", '"', "\\"])
).map("".join)
_hashable = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    _text,
    st.binary(),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.just(timezone(timedelta(hours=-5, minutes=-30)))),
    st.times(),
    st.timedeltas(),
    st.uuids(),
    _text.map(Markup),
    st.sampled_from(list(Command)),
)
_scalars = _hashable | st.floats() | st.decimals() | st.just(float("nan"))
_keys = st.sampled_from(["_type", "value", "version", "model"]) | _text | _hashable


def _collections(values):
    dicts = st.dictionaries(_keys, values, max_size=4)
    return st.one_of(
        st.lists(values, max_size=4),
        st.lists(values, max_size=4).map(tuple),
        dicts,
        dicts.map(OrderedDict),
        dicts.map(frozendict),
        dicts.map(lambda items: defaultdict(list, items)),
        st.sets(_hashable, max_size=4),
        st.frozensets(_hashable, max_size=4),
        st.lists(_hashable, max_size=4).map(Counter),
    )


_values = st.recursive(_scalars, _collections, max_leaves=12)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | _text,
    lambda values: (
        st.lists(values, max_size=3) | st.dictionaries(_text, values, max_size=3)
    ),
    max_leaves=5,
)
#: values that an attacker may send to forge a mark
_forged = st.fixed_dictionaries(
    {
        "_type": st.sampled_from(
            [*marks._DECODERS, codec._ENVELOPE, "moon", None, 1, ["odoo_recordset"]]
        )
    },
    optional={
        "model": st.just("res.users"),
        "ids": st.just([2]),
        "uid": st.just(1),
        "su": st.just(True),
        "version": st.integers(),
        "factory": st.just("list"),
        "value": _json | st.just("2026-01-01"),
        "context": _json,
    },
)


class _Color(enum.IntEnum):
    RED = 1


class _Text(str, enum.Enum):
    RED = "red"


class _Plain(enum.Enum):
    ONE = 1


class _MyText(str):
    __slots__ = ()

    def __str__(self):
        return "not what it holds"


class _MyInt(int):
    def __int__(self):
        return 0


class _MyFloat(float):
    def __repr__(self):
        return f"my.float({float(self)})"


class _MySet(set):
    pass


class _MyList(list):
    pass


class _MyDict(dict):
    pass


class _MyDefaultDict(defaultdict):
    pass


_Point = namedtuple("_Point", "x y")


def _shape(value):
    """Return what makes two values equal: values, types and order, recursively."""
    kind = type(value)
    if isinstance(value, defaultdict):
        return kind, value.default_factory, _shape(list(value.items()))
    if isinstance(value, dict | frozendict):
        return kind, [(_shape(key), _shape(item)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return kind, [_shape(item) for item in value]
    if isinstance(value, datetime | time):
        # the fold of a naive datetime is not kept
        value = value.replace(fold=0)
    if isinstance(value, etree._Element):
        return kind, etree.tostring(value)
    if isinstance(value, set | frozenset):
        return kind, {repr(_shape(item)) for item in value}
    return kind, repr(value)


@tagged("post_install", "-at_install")
class TestCodec(JobCase):
    def through_the_column(self, *args, **kwargs):
        """Return the arguments of a job as it is loaded from its row."""
        job = self.stored(args=args, kwargs=kwargs)
        self.env.invalidate_all()
        loaded = self.reload(job)
        return loaded.args, loaded.kwargs

    def passes(self, value):
        """Return ``value`` as it arrives in a job."""
        (arrived,), kwargs = self.through_the_column(value, key=value)
        self.assertEqual(_shape(kwargs["key"]), _shape(arrived))
        return arrived

    def assertArrives(self, value):
        self.assertEqual(_shape(self.passes(value)), _shape(value))

    @quick
    @given(_values)
    def test_any_value_arrives_as_it_is(self, value):
        self.assertArrives(value)

    @quick
    @given(_forged | st.lists(_forged) | st.dictionaries(_text, _forged))
    def test_data_is_never_taken_for_a_mark(self, value):
        self.assertArrives(value)

    @quick
    @given(_forged)
    def test_keyword_arguments_are_never_taken_for_a_mark(self, payload):
        _args, kwargs = self.through_the_column(**payload)
        self.assertEqual(_shape(kwargs), _shape(payload))

    @quick
    @given(_forged)
    def test_encoder_and_decoder_of_other_addons_agree_too(self, value):
        text = json.dumps([value], cls=JobEncoder)
        (decoded,) = json.loads(text, cls=JobDecoder, env=self.env)
        self.assertEqual(_shape(decoded), _shape(value))

    def test_lazy_data_is_not_taken_for_a_mark(self):
        forged = {"_type": "odoo_recordset", "model": "res.users", "ids": [2]}
        self.assertEqual(self.passes(lazy(lambda: forged)), forged)

    def test_webhook_payload_does_not_become_a_superuser_recordset(self):
        payload = {
            "_type": "odoo_recordset",
            "model": "res.users",
            "ids": [2],
            "uid": 1,
            "su": True,
        }
        self.assertArrives(payload)
        self.assertArrives({"orders": [payload]})

    def test_order_numbers_and_odd_characters_arrive(self):
        for value in (
            {"z": 1, "a": 2, "m": {"y": 1, "b": 2}},
            "abc\x00def",
            "caf\udce9",
            "\ud83d\ude00",
            {"\ud83d\ude00": 1},
            float("nan"),
            float("-inf"),
            1e22,
            -0.0,
            10**4000,
            Markup("<b>x</b>"),
            {1: "a", None: "b", (1, 2): "c", False: "d"},
            {"line_ids": [Command.create({"name": "x"}), Command.clear()]},
            (1, (2, [3, (4,)])),
            [Decimal("1.10"), UUID(int=5), b"\xff\x00", {1, 2}, time(1, 2, 3, 4)],
            [timedelta(days=-1, microseconds=1), date.min, datetime.max],
            OrderedDict(b=1, a=2),
            defaultdict(None, a=1),
            Counter("aab"),
        ):
            with self.subTest(value=value):
                self.assertArrives(value)

    def test_aware_datetime_arrives_as_the_same_moment(self):
        moment = datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(seconds=561)))
        arrived = self.passes(moment)
        self.assertEqual(arrived, moment)
        self.assertEqual(arrived.utcoffset(), timedelta(seconds=561))

    def test_lazy_values_arrive_as_their_result(self):
        self.assertEqual(self.passes(lazy(lambda: (1, 2))), (1, 2))

    def test_subclasses_that_json_carries_arrive_as_their_base(self):
        # as an addon written for plain JSON gets them
        for value, expected in (
            (_Color.RED, 1),
            (_Text.RED, "red"),
            (_MyText("x\x00"), "x\x00"),
            (_MyInt(2**70), 2**70),
            (_MyFloat(1e22), 1e22),
            (_MyList([_Color.RED, (1,)]), [1, (1,)]),
            (_Point(1, _Text.RED), (1, "red")),
            (_MyDict(z=1, a=_MyText("b")), {"z": 1, "a": "b"}),
            (_MyDict(_type="odoo_recordset", ids=[1]), None),
            (_MyDefaultDict(list, a=[1]), {"a": [1]}),
            (defaultdict(lambda: 1, z=1, a=2), {"z": 1, "a": 2}),
            ({_Text.RED: 1, _Color.RED: 2}, {"red": 1, 1: 2}),
            (MultiDict([("a", 1), ("a", 2)]), {"a": 1}),
        ):
            with self.subTest(value=value):
                expected = dict(value) if expected is None else expected
                self.assertEqual(_shape(self.passes(value)), _shape(expected))

    def test_element_of_html_arrives_as_an_element(self):
        arrived = self.passes(lxml.html.fromstring("<p class='a'>x<br></p>"))
        self.assertIs(type(arrived), etree._Element)
        self.assertEqual(etree.tostring(arrived), b'<p class="a">x<br/></p>')

    def test_elements_arrive_complete(self):
        root = etree.fromstring(
            '<r xmlns="urn:a" xmlns:b="urn:b"><b:c k="1&#10;2">t</b:c>tail'
            "<!-- comment --><?target data?><![CDATA[<x>]]>&#13;</r>"
        )
        lone = etree.Element("a")
        lone.text = "é & \U0001f600"
        for element in (root, root[0], lone):
            self.assertArrives([element])
            (arrived,) = self.passes([element])
            self.assertEqual(arrived.tail, element.tail)

    def test_element_of_11_mb_arrives(self):
        element = etree.Element("a")
        element.text = "x" * 11_000_000
        (arrived,), _kwargs = self.through_the_column(element)
        self.assertEqual(arrived.text, element.text)

    def test_what_cannot_be_stored_is_refused_by_name_and_nothing_is_stored(self):
        cyclic = []
        cyclic.append(cyclic)
        deep = []
        for _level in range(600):
            deep = [deep]
        comment = etree.fromstring("<a><!-- x --></a>")[0]
        before = self.queue_job.search_count([])
        for value in (
            object(),
            1j,
            range(3),
            bytearray(b"x"),
            (item for item in "ab"),
            _Plain.ONE,
            _MySet(),
            10**5000,
            _MyInt(10**5000),
            [_MyText("x"), _MyDict(a=object())],
            deep,
            cyclic,
            time(1, tzinfo=timezone.utc),
            comment,
            self.env["res.partner"].new({"name": "x"}),
            self.record | self.model.new({}),
            self.record.with_env(Environment(self.env.cr, None, {})),
        ):
            with self.subTest(value=type(value)):
                place = r"test\.queue\.job\.testing_method.*kwargs\['p'\]\['lines'\]"
                with self.assertRaisesRegex(InvalidJobError, place + r"\[1\]"):
                    self.record.with_delay().testing_method(p={"lines": [0, value]})
        with self.assertRaisesRegex(TypeError, r"args\[1\]\[\(1, 2\)\] cannot"):
            self.record.with_delay().testing_method(1, {(1, 2): object()})
        self.assertEqual(self.queue_job.search_count([]), before)

    def test_refusal_runs_no_sql(self):
        delayable = self.record.delayable(identity_key="x").testing_method(object())
        self.record.with_delay().testing_method()  # fill the caches
        self.env.flush_all()
        refusal = None
        with self.assertQueryCount(0):
            try:
                delayable.delay()
            except InvalidJobError as error:
                refusal = error
        self.assertIn("args[0]", str(refusal))

    def test_lists_are_nested_up_to_the_limit(self):
        value = []
        for _level in range(codec.MAX_DEPTH - 1):
            value = [value]
        self.assertArrives(value)
        tuples = ()
        for _level in range(codec.MAX_DEPTH - 2):
            tuples = (tuples,)
        (arrived,), _kwargs = self.through_the_column(tuples)
        self.assertEqual(arrived, tuples)

    def test_forged_marks_in_each_other_take_no_longer_than_other_data(self):
        value = {"_type": "moon"}
        for _level in range(codec.MAX_DEPTH - 10):
            value = {"first": value, "_type": "moon"}
        self.assertArrives(value)

    def test_too_many_bytes_are_refused_before_they_are_sent(self):
        with mock.patch.object(documents, "MAX_BYTES", 1000):
            with self.assertRaisesRegex(InvalidJobError, "attachment"):
                self.record.with_delay().testing_method("x" * 1000)
        self.passes("x" * 1000)

    def test_target_that_is_not_saved_is_refused(self):
        with self.assertRaisesRegex(InvalidJobError, "recordset.*unsaved"):
            self.model.new({"name": "x"}).with_delay().testing_method()
        with self.assertRaisesRegex(InvalidJobError, "recordset.*unsaved"):
            (self.record | self.model.new()).with_delay().testing_method()

    def test_draft_of_a_saved_record_stands_for_it(self):
        draft = self.model.new(origin=self.record)
        job = draft.with_delay().testing_method(draft)
        loaded = self.reload(job)
        self.assertEqual(loaded.recordset, self.record)
        self.assertEqual(loaded.args, (self.record,))

    def test_job_without_user_is_refused_unless_its_user_is_set(self):
        record = self.record.with_env(Environment(self.env.cr, None, {}))
        with self.assertRaisesRegex(InvalidJobError, "no user"):
            record.with_delay().testing_method()
        admin = self.env.ref("base.user_admin")
        job = self.reload(record.with_user(admin).with_delay().testing_method())
        self.assertEqual((job.env.uid, job.env.su), (admin.id, False))
        job = self.reload(record.sudo().with_delay().testing_method())
        self.assertTrue(job.env.su)

    def test_simple_arguments_are_stored_as_they_always_were(self):
        job = self.stored(args=(1, [self.record, date(2026, 1, 2)]), kwargs={"a": {}})
        self.env.cr.execute(
            "SELECT jsonb_typeof(args), args #>> '{}', kwargs #>> '{}', "
            "(records #>> '{}')::jsonb FROM queue_job WHERE uuid = %s",
            (job.uuid,),
        )
        kind, args, kwargs, records = self.env.cr.fetchone()
        marked = json.loads(json.dumps(self.record, cls=JobEncoder))
        day = {"_type": "date_isoformat", "value": "2026-01-02"}
        self.assertEqual(kind, "string")
        self.assertEqual(json.loads(args), [1, [marked, day]])
        self.assertEqual(kwargs, '{"a": {}}')
        self.assertEqual(records, marked)
        self.assertEqual(
            list(marked), ["_type", "model", "ids", "uid", "su", "context"]
        )

    def test_field_and_job_store_the_same(self):
        args = ({"_type": "x"}, (1,), self.record)
        job = self.stored(args=args)
        row = self.queue_job.create(
            {"uuid": "1", "state": "done", "args": args, "records": self.record}
        )
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT args FROM queue_job WHERE uuid IN %s", (("1", job.uuid),)
        )
        (first,), (second,) = self.env.cr.fetchall()
        self.assertEqual(first, second)
        self.env.invalidate_all()
        self.assertEqual(row.args, list(args))

    def write_document(self, document, column="args"):
        job = self.stored()
        self.env.cr.execute(
            f"UPDATE queue_job SET {column} = %s WHERE uuid = %s",
            (json.dumps(document), job.uuid),
        )
        self.env.invalidate_all()
        return job

    def test_unknown_mark_of_an_old_row_stays_a_dict(self):
        data = [{"_type": "moon", "value": 1}, {"_type": ["x"]}, {"_type": None}]
        for document in (data, json.dumps(data)):
            job = self.write_document(document)
            self.assertEqual(self.reload(job).args, tuple(data))

    def test_unknown_mark_or_newer_version_of_a_new_row_is_an_error(self):
        for version, value in ((2, [{"_type": "moon"}]), (3, [])):
            document = {"_type": codec._ENVELOPE, "version": version, "value": value}
            job = self.write_document(json.dumps(document))
            with self.assertRaisesRegex(
                UndecodableJobError, r"queue\.job\.args.*('moon'|version 3)"
            ):
                self.reload(job)

    def test_invalid_json_is_an_error(self):
        deep = "[" * 5000 + "]" * 5000
        for document in (
            "no json",
            deep,
            '{"a": 1}',
            '[{"_type": "etree_element", "value": "<"}]',
            '[{"_type": "odoo_recordset", "model": "res.users", "ids": 1, "uid": "x"}]',
        ):
            with self.assertRaises(UndecodableJobError):
                self.reload(self.write_document(document))

    def test_types_of_other_addons_work_and_are_named_when_they_are_missing(self):
        default, hook = JobEncoder.default, JobDecoder.object_hook

        def my_default(encoder, obj):
            if isinstance(obj, _Color):
                return {"_type": "color", "name": obj.name, "more": (obj.value,)}
            return default(encoder, obj)

        def my_hook(decoder, obj):
            if obj.get("_type") == "color":
                assert obj["more"] == (1,)
                return _Color[obj["name"]]
            return hook(decoder, obj)

        value = [_Color.RED, {"_type": "color", "name": "RED"}, self.record]
        with (
            mock.patch.object(JobEncoder, "default", my_default),
            mock.patch.object(JobDecoder, "object_hook", my_hook),
        ):
            self.assertArrives(value)
            text = json.dumps(value, cls=JobEncoder)
            self.assertEqual(json.loads(text, cls=JobDecoder, env=self.env), value)
            job = self.stored(args=value)
        with self.assertRaisesRegex(UndecodableJobError, "'color'.*unknown to all"):
            self.reload(job)
