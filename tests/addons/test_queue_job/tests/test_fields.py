import json
from datetime import date, datetime, timedelta, timezone

from lxml import etree

from odoo.tests import tagged
from odoo.tools import lazy

from odoo.addons.queue_job.fields import JobDecoder, JobEncoder, JobSerialized

from .common import JobCase


@tagged("post_install", "-at_install")
class TestJson(JobCase):
    def encode(self, value):
        return json.dumps(value, cls=JobEncoder)

    def decode(self, text):
        return json.loads(text, cls=JobDecoder, env=self.env)

    def test_recordset_keeps_user_su_and_context(self):
        admin = self.env.ref("base.user_admin")
        partner = self.env["res.partner"].with_user(admin).browse([1, 2])
        partner = partner.with_context(lang="en_US", other=1)
        encoded = json.loads(self.encode(partner))
        self.assertEqual(
            encoded,
            {
                "_type": "odoo_recordset",
                "model": "res.partner",
                "ids": [1, 2],
                "uid": admin.id,
                "su": False,
                "context": {"lang": "en_US"},
            },
        )
        decoded = self.decode(self.encode(partner))
        self.assertEqual(decoded, partner)
        self.assertEqual((decoded.env.uid, decoded.env.su), (admin.id, False))
        self.assertEqual(decoded.env.context.get("lang"), "en_US")

    def test_recordset_of_an_old_row_stays_with_the_reading_user(self):
        decoded = self.decode(
            '{"_type": "odoo_recordset", "model": "res.partner", "ids": [1]}'
        )
        self.assertEqual(decoded, self.env["res.partner"].browse(1))
        self.assertEqual(decoded.env.uid, self.env.uid)

    def test_unknown_model_is_a_key_error(self):
        with self.assertRaises(KeyError):
            self.decode('{"_type": "odoo_recordset", "model": "no.model", "ids": [1]}')

    def test_dates_elements_and_lazies_survive_nested(self):
        moment = datetime(2026, 1, 2, 3, 4, 5, 678)
        element = etree.fromstring("<root><a>é</a></root>")
        value = [
            moment,
            {"day": date(2026, 1, 2), "el": [element]},
            lazy(lambda: "resolved"),
            (1, None, True, 2.5),
        ]
        decoded = self.decode(self.encode(value))
        self.assertEqual(decoded[0], moment)
        self.assertEqual(decoded[1]["day"], date(2026, 1, 2))
        self.assertEqual(etree.tostring(decoded[1]["el"][0]), etree.tostring(element))
        self.assertEqual(decoded[2:], ["resolved", (1, None, True, 2.5)])

    def test_time_zone_is_kept(self):
        moment = datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=2)))
        self.assertEqual(self.decode(self.encode(moment)), moment)

    def test_dict_of_an_unknown_type_is_left_alone(self):
        self.assertEqual(
            self.decode('{"_type": "moon", "a": 1}'), {"_type": "moon", "a": 1}
        )

    def test_unknown_types_are_refused(self):
        for value in (1j, object(), [1, {2j}]):
            with self.assertRaises(TypeError):
                self.encode(value)

    def test_every_stored_form_reads_the_same(self):
        recordset = self.encode(self.record)
        for value in (recordset, json.dumps(recordset)):  # native, doubly encoded
            job = self.stored()
            self.env.cr.execute(
                "UPDATE queue_job SET records = %s, args = %s, kwargs = %s "
                "WHERE uuid = %s",
                (value, json.dumps("[1, 2]"), json.dumps('{"a": 1}'), job.uuid),
            )
            self.env.invalidate_all()
            row = job.db_record()
            self.assertEqual(row.records, self.record)
            self.assertEqual((row.args, row.kwargs), ([1, 2], {"a": 1}))
            self.assertEqual(self.reload(job).args, (1, 2))
        for value in (None, "null"):
            self.env.cr.execute(
                "UPDATE queue_job SET records = %s, args = %s, kwargs = %s "
                "WHERE uuid = %s",
                (value, value, value, job.uuid),
            )
            self.env.invalidate_all()
            self.assertEqual(job.db_record().records, self.env["base"])
            self.assertEqual((job.db_record().args, job.db_record().kwargs), ([], {}))

    def test_field_needs_a_supported_base_type(self):
        with self.assertRaisesRegex(ValueError, "is not a supported base type"):
            JobSerialized(base_type=set)._setup_attrs__(type(self.model), "x")

    def test_export_gives_json_text(self):
        row = self.stored(args=(1,)).db_record()
        field = row._fields["args"]
        self.assertEqual(field.convert_to_export([1], row), "[1]")
        self.assertEqual(field.convert_to_export([], row), "")
