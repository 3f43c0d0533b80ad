from odoo import fields, models

from odoo.addons.base_sparse_field.models.fields import Serialized


class VaultBackend(models.Model):
    """A backend of an older connector: without the mixin, with secrets of each kind."""

    _name = "vault.backend"
    _inherit = "connector.backend"
    _description = "Vault Backend"
    _table = "test_connector_vault"
    _secret_fields = ("webservice_password",)

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    endpoint = fields.Char()
    webservice_user = fields.Char(required=True)
    webservice_password = fields.Char(required=True)
    api_key = fields.Char()
    pin = fields.Char(size=4, required=True)
    client_id = fields.Char()
    oauth_token = fields.Json()
    shop_secret = fields.Char(translate=True, required=True)
    company_token = fields.Char(company_dependent=True)
    certificate = fields.Binary()
    private_key = fields.Binary(attachment=False)
    settings = Serialized()
    consumer_secret = fields.Char(sparse="settings")
    warehouse_code = fields.Char(sparse="settings")

    token_url = fields.Char()
    auth_type = fields.Selection([("key", "Key"), ("token", "Token")], required=True)
    token_count = fields.Integer()
    key_user_id = fields.Many2one("res.users")

    _user_unique = models.Constraint("UNIQUE (webservice_user)", "One user a vault.")
    _has_client = models.Constraint("CHECK (client_id IS NOT NULL)", "Who asks?")


class VaultHeir(models.Model):
    """A backend that inherits another one."""

    _name = "vault.heir"
    _inherit = "vault.backend"
    _description = "Vault Backend of the Next Version"
    _table = "test_connector_vault_heir"


class VaultAccount(models.Model):
    """A record that requires a backend."""

    _name = "vault.account"
    _description = "Vault Account"

    backend_id = fields.Many2one("vault.backend", required=True)
    access_token = fields.Char()
    external_key = fields.Char()


class VaultStranger(models.Model):
    """A record with an optional backend."""

    _name = "vault.stranger"
    _description = "Vault Stranger"

    backend_id = fields.Many2one("vault.backend")
    password = fields.Char()
