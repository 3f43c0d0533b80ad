"""Triggers and conditions that the engine needs besides the columns of its models.

Created at installation and at each update, so a database restored from another runner
gets them too.
"""

from ...job import states
from ..sql import NOTIFY_CHANNEL

# Workers sleep at most a minute: a job that starts later than that needs no wake-up
# now, if it is committed in time. The transaction may take a while.
_SOON = "(clock_timestamp() AT TIME ZONE 'UTC') + interval '10 minutes'"
_WAKES = f"NEW.state = 'pending' AND (NEW.eta IS NULL OR NEW.eta < {_SOON})"

# A failed job, or one that waits for its eta, can block a sequential channel.
_HELD_BACK = "OLD.state = 'failed' OR (OLD.state = 'pending' AND OLD.eta IS NOT NULL)"


def trigger(table: str, name: str, definition: str) -> str:
    """Return the statements that create a trigger, replacing one of this name.

    PostgreSQL 13, the oldest that Odoo supports, cannot do that in one statement.
    """
    return f"""
DROP TRIGGER IF EXISTS {name} ON {table};
CREATE TRIGGER {name} {definition};
"""


#: The functions created below, with their arguments: dropped on uninstallation.
FUNCTIONS = ("queue_job_notify()", "queue_job_follow_up()")

_NOTIFY_FUNCTION = f"""
CREATE OR REPLACE FUNCTION queue_job_notify() RETURNS trigger AS $$
BEGIN
    PERFORM pg_notify('{NOTIFY_CHANNEL}', '');
    RETURN NULL;
END $$ LANGUAGE plpgsql;
"""

_WAKE_ON_INSERT = trigger(
    "queue_job",
    "queue_job_wake_on_insert",
    f"""
AFTER INSERT ON queue_job FOR EACH ROW WHEN ({_WAKES})
EXECUTE FUNCTION queue_job_notify()""",
)

_WAKE_ON_UPDATE = trigger(
    "queue_job",
    "queue_job_wake_on_update",
    f"""
AFTER UPDATE OF state, eta, channel, priority ON queue_job FOR EACH ROW WHEN (
    ({_WAKES} AND (OLD.state, OLD.eta, OLD.channel, OLD.priority) IS DISTINCT FROM
                  (NEW.state, NEW.eta, NEW.channel, NEW.priority))
    OR (({_HELD_BACK}) AND NEW.state IN ('done', 'cancelled', 'wait_dependencies')))
EXECUTE FUNCTION queue_job_notify()""",
)

_WAKE_ON_DELETE = trigger(
    "queue_job",
    "queue_job_wake_on_delete",
    f"""
AFTER DELETE ON queue_job FOR EACH ROW WHEN ({_HELD_BACK})
EXECUTE FUNCTION queue_job_notify()""",
)

# Whatever writes the state: see RUN_COLUMNS and DEATH_COLUMNS in job/states.py.
_KEEPS_LEASE = (
    f"NEW.lease_id IS NOT NULL AND NOT {states.in_states(states.LEASED_STATES, 'NEW')}"
)
_KEEPS_DEATHS = f"""NEW.worker_deaths > 0
        AND (NEW.state = 'done' OR {states.in_states(states.ENDED_STATES, "OLD")})"""

_FOLLOW_UP = trigger(
    "queue_job",
    "queue_job_follow_up",
    f"""
BEFORE UPDATE OF state, eta ON queue_job FOR EACH ROW WHEN (
    (OLD.eta IS DISTINCT FROM NEW.eta AND NEW.eta_passed)
    OR (NEW.state = 'done' AND OLD.state IS DISTINCT FROM 'done'
        AND NEW.graph_uuid IS NOT NULL)
    OR ({_KEEPS_LEASE})
    OR ({_KEEPS_DEATHS}))
EXECUTE FUNCTION queue_job_follow_up()""",
)

_CHANNEL_WAKE = trigger(
    "queue_job_channel",
    "queue_job_channel_wake",
    """
AFTER INSERT OR UPDATE OR DELETE ON queue_job_channel FOR EACH STATEMENT
EXECUTE FUNCTION queue_job_notify()""",
)

TRIGGERS = f"""
DROP TRIGGER IF EXISTS queue_job_notify ON queue_job;
{_NOTIFY_FUNCTION}
{_WAKE_ON_INSERT}

{_WAKE_ON_UPDATE}

{_WAKE_ON_DELETE}

-- A new eta has not passed yet; the dependents of a done job must be released, whatever
-- set it to done and whatever happens to that process next; a job that no worker holds
-- has no lease; a requeued or done one has no recorded deaths.
CREATE OR REPLACE FUNCTION queue_job_follow_up() RETURNS trigger AS $$
BEGIN
    IF NEW.eta IS DISTINCT FROM OLD.eta THEN
        NEW.eta_passed := NULL;
    END IF;
    IF NEW.state = 'done' AND OLD.state IS DISTINCT FROM 'done' THEN
        NEW.release_due :=
            jsonb_array_length(NEW.dependencies::jsonb -> 'reverse_depends_on') > 0;
    END IF;
    IF {_KEEPS_LEASE} THEN
        NEW.lease_id := NULL;
    END IF;
    IF {_KEEPS_DEATHS} THEN
        {" ".join(f"NEW.{name} := NULL;" for name in states.DEATH_COLUMNS)}
    END IF;
    RETURN NEW;
END $$ LANGUAGE plpgsql;

{_FOLLOW_UP}
"""

# An edited channel may allow more jobs to start.
CHANNEL_TRIGGER = f"""
{_NOTIFY_FUNCTION}
{_CHANNEL_WAKE}
"""
