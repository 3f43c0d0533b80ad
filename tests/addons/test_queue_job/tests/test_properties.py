"""Job properties of unusual types are converted, or refused by name."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools.translate import LazyGettext

from odoo.addons.queue_job.exception import InvalidJobError

from .common import JobCase


@tagged("post_install", "-at_install")
class TestProperties(JobCase):
    def row(self, **properties):
        job = self.record.with_delay(**properties).testing_method()
        self.env.invalidate_all()
        return job.db_record()

    def assertRefused(self, name, **properties):
        before = self.queue_job.search_count([])
        with self.assertRaisesRegex(InvalidJobError, name):
            self.record.with_delay(**properties).testing_method()
        self.assertEqual(self.queue_job.search_count([]), before)

    def test_numbers_may_be_given_as_text_or_whole_floats(self):
        for value in (7, "7", 7.0):
            row = self.row(priority=value, max_retries=value)
            self.assertEqual((row.priority, row.max_retries), (7, 7))

    def test_an_invalid_number_is_refused_by_name(self):
        for value in ("high", 1.5, [1], 2**40, Decimal("1.5"), float("nan")):
            for name in ("priority", "max_retries"):
                self.assertRefused(name, **{name: value})
        self.assertRefused(
            "concurrency_limit", concurrency_key="k", concurrency_limit="many"
        )

    def test_eta_is_the_moment_that_was_meant(self):
        noon = datetime(2040, 1, 1, 12)
        zone = timezone(timedelta(hours=2))
        for value in (
            noon,
            "2040-01-01 12:00:00",
            "2040-01-01T12:00:00Z",
            "2040-01-01 14:00:00+02:00",
            noon.replace(hour=14, tzinfo=zone),
        ):
            self.assertEqual(self.row(eta=value).eta, noon, value)
        self.assertEqual(self.row(eta=date(2040, 1, 1)).eta, datetime(2040, 1, 1))
        job = self.record.with_delay(eta=1.5).testing_method()
        self.assertEqual(
            job.eta.replace(microsecond=0),
            (job.date_created + timedelta(seconds=1.5)).replace(microsecond=0),
        )

    def test_an_invalid_eta_is_refused_by_name(self):
        for value in ("soon", "3600", [1], object(), 1e30, float("nan"), 10**20):
            self.assertRefused("eta", eta=value)

    def test_key_may_be_a_number_or_a_uuid(self):
        self.assertEqual(self.row(identity_key=5).identity_key, "5")
        uuid = UUID(int=3)
        self.assertEqual(self.row(identity_key=uuid).identity_key, str(uuid))
        self.assertEqual(self.row(identity_key=lambda job: 6).identity_key, "6")
        again = self.record.with_delay(identity_key=5).testing_method()
        self.assertEqual(again._name, "queue.job")

    def test_key_that_cannot_be_kept_is_refused_by_name(self):
        for value in (1.5, True, ["a"], {"a": 1}, "x" * 10_000, "a\x00", "caf\udce9"):
            self.assertRefused("identity_key", identity_key=value)
            self.assertRefused("identity_key", identity_key=lambda job, key=value: key)
        self.assertRefused("concurrency_key", concurrency_key="x" * 10_000)
        self.assertRefused("concurrency_key", concurrency_key="a\x00")

    def test_longest_key_is_kept(self):
        key = "".join(chr(0x4E00 + i % 5000) for i in range(666))
        self.assertEqual(self.row(identity_key=key).identity_key, key)
        row = self.row(concurrency_key=key)
        self.assertEqual(row.concurrency_key, key)

    def test_description_may_be_a_lazy_translation(self):
        text = LazyGettext("Job Queue", _module="queue_job")
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"].search(
            [("name", "=", "queue_job")]
        )._update_translations("fr_FR")
        record = self.record.with_context(lang="fr_FR")
        expected = record.env._(text)
        job = record.with_delay(description=text).testing_method()
        self.assertEqual(job.db_record().name, expected)
        split = record.delayable(description=text).testing_method().split(1)
        split.delay()
        (part,) = split._delayables
        self.assertEqual(
            part._generated_job.db_record().name, f"{expected} (split 1/1)"
        )

    def test_text_for_users_shows_what_cannot_be_stored(self):
        row = self.row(description="a\x00b \udce9")
        self.assertEqual(row.name, "a\\x00b \\udce9")

    def test_channel_must_be_text(self):
        self.assertRefused("channel", channel=5)
        self.assertRefused("channel", channel="root.\x00")

    def test_nothing_can_be_delayed_over_rpc(self):
        user = self.env["res.users"].create(
            {
                "name": "Internal",
                "login": "internal",
                "group_ids": [(4, self.env.ref("base.group_user").id)],
            }
        )
        model = self.env["res.partner"].with_user(user)
        for method in ("with_delay", "delayable"):
            with self.assertRaises(AccessError):
                call_kw(model, method, [[user.partner_id.id]], {})
