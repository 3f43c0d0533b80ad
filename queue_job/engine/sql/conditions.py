"""Conditions that stand in the same words in the indexes and in the queries that must
use them."""

from ...job.states import CLAIM

# Rows which may be claimed now. The same words stand in the index and in each query
# which must use it.
READY = f"{CLAIM.starts_from()} AND (eta IS NULL OR eta_passed)"

# Rows which wait for their time.
WAITS_FOR_ETA = f"{CLAIM.starts_from()} AND eta IS NOT NULL AND eta_passed IS NOT TRUE"

# Jobs that are about to be done, if nothing goes wrong.
WILL_RUN = "state IN ('pending', 'enqueued', 'started')"

# Empty channels are the root's.
CHANNEL = "COALESCE(channel, '')"
