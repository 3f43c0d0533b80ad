"""A minimal connector for a GraphQL API."""

from odoo.addons.component.core import AbstractComponent, Component
from odoo.addons.connector.components.graphql.bulk import BulkOperations
from odoo.addons.connector.components.graphql.documents import Fields
from odoo.addons.connector.components.graphql.paging import ConnectionPaging
from odoo.addons.connector.components.http.auth import LoginAuth, NoAuth, Token
from odoo.addons.connector.components.mapper import mapping
from odoo.addons.connector.exception import MappingError


class CanteenBase(AbstractComponent):
    _name = "canteen.base"
    _inherit = "base.connector"
    _collection = "canteen.backend"


class CanteenBinder(Component):
    _name = "canteen.binder"
    _inherit = ["base.binder", "canteen.base"]
    _apply_on = "canteen.res.partner"


class CanteenAdapter(BulkOperations, Component):
    _name = "canteen.adapter"
    _inherit = ["base.graphql.adapter", "canteen.base"]
    _apply_on = "canteen.res.partner"
    _paging = ConnectionPaging(size=3)
    _idempotent_writes = True
    _record_fields = Fields(
        "guest",
        "guests",
        "id name country updatedAt",
        filters={"updatedSince": "String"},
        node_type="Guest",
    )
    _create_mutation = """
        mutation($input: GuestInput!) {
          guestCreate(input: $input) { guest { id name } userErrors { field message } }
        }
    """
    _update_mutation = """
        mutation($id: ID!, $input: GuestInput!) {
          guestUpdate(id: $id, input: $input) {
            guest { id name } userErrors { field message code }
          }
        }
    """
    _delete_mutation = """
        mutation($id: ID!) {
          guestDelete(id: $id) { deletedId userErrors { field message } }
        }
    """

    def _build_request_auth(self):
        return LoginAuth(self.session, self._login_once(self._login))

    def _login(self):
        username, password = self._credentials()
        answer = self.call(
            "POST",
            "login",
            json={"user": username, "password": password},
            auth=NoAuth(),
        )
        return Token(answer["token"])


class CanteenImportMapper(Component):
    _name = "canteen.import.mapper"
    _inherit = ["base.import.mapper", "canteen.base"]
    _apply_on = "canteen.res.partner"
    direct = [("name", "name")]

    @mapping
    def country(self, record):
        country = self.env["res.country"].search([("code", "=", record["country"])])
        if not country:
            raise MappingError(f"There is no country {record['country']}.")
        return {"country_id": country.id}


class CanteenBatchImporter(Component):
    _name = "canteen.batch.importer"
    _inherit = ["generic.batch.importer", "canteen.base"]


class CanteenImporter(Component):
    _name = "canteen.importer"
    _inherit = ["generic.record.importer", "canteen.base"]


class CanteenExportMapper(Component):
    _name = "canteen.export.mapper"
    _inherit = ["base.export.mapper", "canteen.base"]
    _apply_on = "canteen.res.partner"
    direct = [("name", "name")]


class CanteenExporter(Component):
    _name = "canteen.exporter"
    _inherit = ["generic.record.exporter", "canteen.base"]
