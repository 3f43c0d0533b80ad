"""Jobs survive: workers, nodes, connections and PostgreSQL itself are taken away.

Real servers, a PostgreSQL of their own, jobs which insert one row each. Afterwards
every job is done and every row is there once. The seed of a run is printed; set
CRASH_SEED to repeat it, CRASH_JOBS to run with more jobs.
"""
