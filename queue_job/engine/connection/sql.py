"""What is asked about database sessions, and how they are set up."""

# A job may have changed session settings, taken session locks, or created temporary
# tables; the next one must not see them. Dates are read as ISO.
CLEAN_SESSION = """
RESET SESSION AUTHORIZATION;
RESET ALL;
SET datestyle TO ISO;
DISCARD TEMP;
UNLISTEN *;
SELECT pg_advisory_unlock_all()
"""

# The session that runs this: its process id, and its start, as ids are reused.
OWN_BACKEND = """
SELECT pid, extract(epoch FROM backend_start)::float8
  FROM pg_stat_get_activity(pg_backend_pid())
"""

# State of sessions whose answers are awaited. Silent: there is no command, or its
# answer cannot be sent. The state is unknown if it is not tracked, or of another role.
SESSIONS = """
SELECT pid, extract(epoch FROM backend_start)::float8, state,
       extract(epoch FROM state_change)::float8,
       COALESCE(state LIKE 'idle%%'
                OR (state = 'active' AND wait_event = 'ClientWrite'), FALSE),
       COALESCE(query ~* '^\\s*copy\\M', FALSE)
  FROM unnest(%(pids)s) AS asked, LATERAL pg_stat_get_activity(asked)
 WHERE pid = asked
"""

# A pooler may send the client an invented process id.
BACKEND_PID = "SELECT pg_backend_pid()"

# The server's own timeout comes first, as its error is more precise.
SET_TIMEOUT = "SET statement_timeout TO %(milliseconds)s"
