from . import connector_import_preview
from . import connector_webhook_address
