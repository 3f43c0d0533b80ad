import logging
import os

from odoo.api import Environment
from odoo.tools import config

_logger = logging.getLogger(__name__)


def must_run_without_delay(env: Environment) -> bool:
    """Tell whether jobs of this environment run immediately instead of being stored."""
    if os.getenv("QUEUE_JOB__NO_DELAY"):
        _logger.warning("`QUEUE_JOB__NO_DELAY` env var found. NO JOB scheduled.")
        return True
    if env.context.get("queue_job__no_delay"):
        if not config["test_enable"]:
            _logger.info("`queue_job__no_delay` ctx key found. NO JOB scheduled.")
        return True
    return False
