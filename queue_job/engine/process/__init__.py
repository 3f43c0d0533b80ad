"""The threads of a process that runs jobs, in one or several databases.

:mod:`.process` holds workers (:mod:`.worker`) and one supervising thread
(:mod:`.supervisor`). Per database, :mod:`.database_monitor` sends the heartbeat and
listens to notifications, :mod:`.rescuer` takes back the jobs of dead workers, and
:mod:`.job_monitor` enforces time limits and stops. :mod:`.runner` is what servers and
commands start.
"""
