from odoo.tests import TransactionCase, tagged

from odoo.addons.connector.components.binding.binder import Binder

from .market_common import MarketMixin, product


@tagged("post_install", "-at_install")
class TestImportQueries(MarketMixin, TransactionCase):
    """What the import of one record asks of the database."""

    def setUp(self):
        super().setUp()
        self.open_market()
        self.take(1, "1")  # fills caches

    def take(self, number, version, **values):
        """Import a product, as a job does: in a new environment."""
        self.env.invalidate_all()
        with self.market.sudo().work_on("market.product") as work:
            record = product(number, updated_at=f"2026-01-0{version}T00:00:00Z")
            importer = work.component(usage="record.importer")
            result = importer.run(number, record={**record, **values})
        self.env.flush_all()
        return result

    def test_a_new_record_is_written_once(self):
        with self.counted(inserts=1, updates=0, selects=4):
            self.take(2, "1")

    def test_a_changed_record_is_written_once(self):
        with self.counted(inserts=0, updates=1, selects=6):
            self.take(1, "2", name="Another")

    def test_an_unchanged_record_is_not_written(self):
        with self.counted(inserts=0, updates=0, selects=4):
            self.take(1, "1")

    def counted(self, **most):
        return Counted(self, most)

    def test_a_binder_that_binds_otherwise_is_called(self):
        bound = []

        def bind(binder, external_id, binding):
            bound.append(external_id)
            return Binder.bind(binder, external_id, binding)

        with self.market.work_on("market.product") as work:
            self.patch(type(work.component(usage="binder")), "bind", bind)
        self.take(1, "2", name="Another")
        self.take(2, "1")
        self.assertEqual(bound, [1, 2])

    def test_a_record_that_an_importer_creates_without_its_id_is_bound(self):
        def create(importer, data):
            values = {"backend_id": importer.backend_record.id, "name": data["name"]}
            return importer.model.create(values)

        with self.market.work_on("market.product") as work:
            self.patch(type(work.component(usage="record.importer")), "_create", create)
        self.take(2, "1")
        binding = self.env["market.product"].search([("external_id", "=", 2)])
        self.assertEqual(binding.name, "Product 2")
        self.assertTrue(binding.sync_date)


class Counted:
    """Checks how many statements of each kind a block executes."""

    def __init__(self, test, most):
        self._test, self._most = test, most

    def __enter__(self):
        cursor = type(self._test.env.cr)
        original = cursor.execute
        self.queries = queries = []

        def execute(cr, query, *args, **kwargs):
            queries.append(str(getattr(query, "code", query)).split(None, 1)[0])
            return original(cr, query, *args, **kwargs)

        self._test.patch(cursor, "execute", execute)
        return self

    def __exit__(self, error, *_others):
        if error is None:
            for name, most in self._most.items():
                count = self.queries.count(name.removesuffix("s").upper())
                self._test.assertLessEqual(count, most, f"{name}: {self.queries}")
