from odoo.addons.component.core import AbstractComponent, Component
from odoo.addons.connector.components.http.auth import LoginAuth, NoAuth, Token
from odoo.addons.connector.components.http.pagination import KeysetPaging


class CoffeeAdapter(AbstractComponent):
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


class CoffeeRecipeAdapter(Component):
    _name = "coffee.recipe.adapter"
    _inherit = "coffee.adapter"
    _apply_on = "coffee.product.product"
    _path = "/api/recipes"


class CoffeeBadgeAdapter(Component):
    _name = "coffee.badge.adapter"
    _inherit = "coffee.adapter"
    _apply_on = "coffee.res.partner"
    _path = "/api/badges"


class CoffeeBrewAdapter(Component):
    _name = "coffee.brew.adapter"
    _inherit = "coffee.adapter"
    _apply_on = "coffee.brew"
    _path = "/api/brews"


class CoffeeWebhookAdapter(Component):
    _name = "coffee.webhook.adapter"
    _inherit = "coffee.adapter"
    _apply_on = "connector.webhook.event"
    _path = "/api/webhooks"
