from odoo.tests import TransactionCase

from odoo.addons.connector.components.http.redaction import mask_data, register_secret


class TestMasking(TransactionCase):
    def test_a_payload_is_kept_without_its_secrets(self):
        register_secret("s3cret-of-the-shop")
        payload = {
            "id": 4,
            "password": "correct horse",
            "owner": [{"Access_Token": "abc", "name": "Ann"}],
            "note": "ask with s3cret-of-the-shop",
        }
        self.assertEqual(
            mask_data(payload),
            {
                "id": 4,
                "password": "***",
                "owner": [{"Access_Token": "***", "name": "Ann"}],
                "note": "ask with ***",
            },
        )
