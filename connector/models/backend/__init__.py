"""Backends: their connection, flows, secrets, status and overview."""

from . import base
from . import secrets
from . import token
from . import queue_latency_alert
from . import mixin
from . import connection
from . import status
from . import overview
from . import overview_actions
from . import flow_schedule
from . import flows
from . import sync_runs
from . import webhook
