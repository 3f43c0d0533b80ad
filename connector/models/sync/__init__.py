"""Sync runs: their lines, counters and cursors."""

from . import cursor
from . import line
from . import line_resolution
from . import line_failures
from . import line_jobs
from . import line_retry
from . import run
from . import run_counts
from . import run_comparison
from . import run_lifecycle
from . import run_messages
from . import counters
