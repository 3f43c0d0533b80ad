"""The engine: workers lease jobs from PostgreSQL, run them, and lose none.

Packages; each imports only from those above it:

``clock``        measures intervals; tests replace it
``sql/``         what statements share: locks, conditions, prepared statements; how jobs
                 are rescued from dead workers
``copies/``      whether the database is a copy, whose jobs are held
``claim/``       which jobs may start, and the one short transaction that leases them
``config``       the settings
``connection/``  database sessions: of workers, of the monitor, dead ones
``schema/``      triggers
``run/``         the path of a leased job: acquired, performed, its outcome stored
``process/``     one process: its workers, and the supervisor that keeps them alive,
                 monitors their jobs, and rescues those of dead workers
``diagnostics/`` why a job does not run, and the status of the queue

SQL statements are in modules called ``sql``; comments name the index that each one
reads and the lock that it takes.

Guarantees: what a job wrote and its ``done`` are one commit; a job is run by one worker
at a time; a worker that lost the lease commits nothing; no leased job is lost with its
worker.
"""
