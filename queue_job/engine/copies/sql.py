"""Reads and records the identity of a database, to detect copies."""

#: Key of the parameter with the identity under which this database is served: JSON with
#: ``name``, ``uuid``, ``cluster``, and ``allowed``, the same of the copy in which a
#: manager lets jobs run. Made with the addon, as ``{}`` until a server serves it.
#: As it sorts before the tables of jobs, a dump brings it back before the first job.
PARAMETER = "queue_job.database"

# Index: of ir_config_parameter on key, three rows. No lock.
ABOUT_DATABASE = f"""
SELECT json_build_object('name', current_database(), 'parameters',
                         json_object_agg(key, value))
  FROM ir_config_parameter
 WHERE key IN ('{PARAMETER}', 'database.uuid', 'database.is_neutralized')
"""

# Granted to everyone by default; the privilege can be revoked, and is needed even to
# plan the statement.
CLUSTER_IS_READABLE = "SELECT has_function_privilege('pg_control_system()', 'execute')"
CLUSTER = "SELECT system_identifier::text FROM pg_control_system()"

# Index: of ir_config_parameter on key. Locks the row; only if it still has the value
# that was read, so that two servers that start at once do not overwrite each other's or
# a manager's decision.
RECORD = f"""
UPDATE ir_config_parameter SET value = %(value)s, write_date = now() AT TIME ZONE 'UTC'
 WHERE key = '{PARAMETER}' AND value = %(known)s
"""

# Index: queue_job__state_index.
COUNT_WAITING = """
SELECT count(*) FROM queue_job WHERE state IN ('pending', 'wait_dependencies')
"""
