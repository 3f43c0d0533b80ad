"""What Odoo keeps of a backend, of whatever model that is."""

from .common import ShopCase

#: Values of a record of each model, beside its backend.
RECORDS = {
    "connector.backend.flow": {"name": "orders"},
    "connector.backend.token": {"fingerprint": "f"},
    "connector.circuit.breaker": {},
    "connector.export.receipt": {
        "binding_model": "shop.res.partner",
        "binding_id": 1,
        "key": "k",
    },
    "connector.merged.binding": {
        "binding_model": "shop.res.partner",
        "external_id": "1",
        "record_model": "res.partner",
        "record_id": 1,
    },
    "connector.rate.limiter": {"full_at": "2030-01-01"},
    "connector.sync.cursor": {"flow": "orders"},
    "connector.sync.line": {"kind": "failed"},
    "connector.sync.run": {"direction": "import", "model": "shop.res.partner"},
    "connector.webhook.endpoint": {"active": False},
}


class TestBackendReference(ShopCase):
    def keep(self, backend):
        """Create a record of each model for a backend."""
        for name, values in RECORDS.items():
            model = self.env[name]
            model.create({**model._backend_values(backend), **values})

    def kept(self, domain):
        """Return the models that have records of a backend."""
        models = {name: self.env[name] for name in RECORDS}
        return {
            name
            for name, model in models.items()
            if model.with_context(active_test=False).search(domain)
        }

    def test_all_models_of_backends_are_tried_here(self):
        names = self.env.registry.descendants(
            ["connector.backend.reference"], "_inherit"
        )
        stored = {
            name
            for name in names
            if self.env[name]._auto and not self.env[name]._transient
        }
        self.assertEqual(stored, set(RECORDS))

    def test_what_is_kept_of_a_backend_is_deleted_with_it(self):
        other = self.backend.copy()
        line = self.env["connector.sync.line"]
        own, others = line._backend_domain(self.backend), line._backend_domain(other)
        for backend in (self.backend, other):
            self.keep(backend)
        self.assertEqual(self.kept(own), set(RECORDS))
        self.backend.unlink()
        self.assertEqual(self.kept(own), set())
        self.assertEqual(self.kept(others), set(RECORDS))

    def test_a_record_finds_its_backend_until_that_is_deleted(self):
        cursor = self.env["connector.sync.cursor"].create(
            {
                **self.env["connector.sync.cursor"]._backend_values(self.backend),
                "flow": "orders",
            }
        )
        self.assertEqual(cursor._backend(), self.backend)
        self.assertEqual(cursor.search(cursor._same_backend_domain()), cursor)
        cursor.backend_id += 1_000_000
        self.assertFalse(cursor._backend())
        cursor.backend_model = "no.model"
        self.assertFalse(cursor._backend())
