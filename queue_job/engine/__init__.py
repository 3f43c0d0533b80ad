"""The engine: workers lease jobs from PostgreSQL, run them, and lose none.

Packages, each imports from those above it only:

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
``diagnostics/`` why a job does not run, and how the queue is doing

Statements stand in modules called ``sql``, each with the index that it reads and the
lock that it takes.

Guarantees: what a job wrote and its ``done`` are one commit; a job is run by one worker
at a time; whoever lost the lease commits nothing; no leased job outlives its worker.
"""
