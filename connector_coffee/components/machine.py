from odoo.addons.component.core import Component
from odoo.addons.connector.api import KeysetPaging, LoginAuth, NoAuth, Token


class CoffeeAdapter(Component):
    """Adapter of a coffee machine."""

    _name = "coffee.adapter"
    _inherit = ["base.rest.adapter", "coffee.base"]
    _paging = KeysetPaging(size=50)
    _idempotent_writes = True

    def _build_request_auth(self):
        return LoginAuth(self.session, self._login_once(self._login))

    def _login(self):
        user, password = self._credentials()
        content = self.call(
            "POST",
            "/api/login",
            json={"user": user, "password": password},
            auth=NoAuth(),
        )
        return Token(content["token"], content["expires_in"])


class CoffeeWebhookAdapter(Component):
    _name = "coffee.webhook.adapter"
    _inherit = "coffee.adapter"
    _apply_on = "connector.webhook.event"
    _path = "/api/webhooks"
