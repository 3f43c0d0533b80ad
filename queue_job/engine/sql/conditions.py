"""Conditions written identically in the indexes and in the queries that must use
them."""

from ...job.states import CLAIM

# Rows that may be claimed now. The same expression is used in the index and in each
# query that must use it.
READY = f"{CLAIM.starts_from()} AND (eta IS NULL OR eta_passed)"

# Rows that wait for their eta.
WAITS_FOR_ETA = f"{CLAIM.starts_from()} AND eta IS NOT NULL AND eta_passed IS NOT TRUE"

# Jobs that will be done soon unless they fail.
WILL_RUN = "state IN ('pending', 'enqueued', 'started')"

# An empty channel means the root.
CHANNEL = "COALESCE(channel, '')"
