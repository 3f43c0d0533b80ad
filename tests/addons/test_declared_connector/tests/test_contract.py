from odoo.addons.connector.tests.common import (
    ConnectorCase,
    ExportContract,
    ImportContract,
    WebhookContract,
)


class TestGuests(ImportContract, ExportContract, WebhookContract, ConnectorCase):
    import_model = export_model = "pantry.res.partner"


class TestOrders(ImportContract, ConnectorCase):
    import_model = "pantry.order"
