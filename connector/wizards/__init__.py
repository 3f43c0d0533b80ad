from . import base_partner_merge
from . import connector_connect
from . import connector_import_preview
from . import connector_webhook_address
