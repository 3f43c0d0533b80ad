"""The engine: workers lease jobs from PostgreSQL, run them, and lose none.

Rooms, in the order a job meets them:

``sql/``          every statement, with the index it reads and the lock it takes
``channels``      the tree of channels: what may start now, and what is in the way
``channel_tree``  the same tree read for people, with the capacities in force
``heads``         the next job of each channel
``claim``         the one short transaction that leases jobs to a worker
``runner_class``  the class of the database's addons through which each job is run
``hand``          the jobs a worker holds, and how each write is fenced by the lease
``session``       the database session of one worker, kept from lease to lease
``worker``        the loop of one worker: claim, run, claim again, wait
``station``       what one process keeps open to one database
``watcher``       the thread that keeps the workers of a process alive
``overseer``      what it does for the jobs in hand: time limits, stops, progress
``rescuer``       what it does for the jobs of workers that died
``node``          one process: its workers, its watcher, its databases

Guarantees: what a job wrote and its ``done`` are one commit; a job is run by one worker
at a time; whoever lost the lease commits nothing; no leased job outlives its worker.
"""
