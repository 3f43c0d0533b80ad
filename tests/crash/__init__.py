"""Jobs survive the loss of workers, servers, connections and PostgreSQL itself.

Real servers, a separate PostgreSQL, jobs that insert one row each. Afterwards
every job is done and every row is there once. The seed of a run is printed; set
CRASH_SEED to repeat it, CRASH_JOBS to run with more jobs.
"""
