"""Why a job that is ready may not start: the one list of reasons.

The claim acts on them, and those who explain a job or a channel tell them.
"""

from dataclasses import dataclass

#: The channel, or one above, is paused.
PAUSED = "paused"
#: All slots of the channel, or of one above, are in use.
FULL = "full"
#: The last start in the channel, or in one above, is too recent.
THROTTLED = "throttled"
#: A failed job holds back a sequential channel.
FAILED_JOB = "failed_job"
#: A job that comes first and waits for its ETA holds back a sequential channel.
EARLIER_ETA = "earlier_eta"
#: As many jobs as may run at once with its concurrency key run.
CONCURRENCY_KEY = "concurrency_key"


@dataclass(frozen=True)
class BlockReason:
    """Why a job may not start.

    ``kind``: one of the constants above; ``channel``: the channel that it holds for;
    ``seconds``: until it holds no longer, when that is known; ``job_id``: the job that
    comes first.
    """

    kind: str
    channel: str
    seconds: float | None = None
    job_id: int | None = None
