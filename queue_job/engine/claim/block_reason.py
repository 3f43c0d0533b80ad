"""Why a job that is ready may not start: the one list of reasons.

The claim applies them; the explanation of a job or a channel displays them.
"""

from dataclasses import dataclass

#: The channel, or one above, is paused.
PAUSED = "paused"
#: All slots of the channel, or of one above, are in use.
FULL = "full"
#: The last start in the channel, or in one above, is too recent.
THROTTLED = "throttled"
#: A failed job blocks a sequential channel.
FAILED_JOB = "failed_job"
#: A job that sorts first and waits for its ETA blocks a sequential channel.
EARLIER_ETA = "earlier_eta"
#: The limit of concurrent jobs with its concurrency key is reached.
CONCURRENCY_KEY = "concurrency_key"


@dataclass(frozen=True)
class BlockReason:
    """Why a job may not start.

    ``kind``: one of the constants above; ``channel``: the blocking one; ``seconds``:
    until it no longer blocks, if known; ``job_id``: the blocking job, if there is one.
    """

    kind: str
    channel: str
    seconds: float | None = None
    job_id: int | None = None
