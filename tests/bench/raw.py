"""RAW: what the machine and its PostgreSQL can do, to compare figures with."""

import statistics
import time
from contextlib import closing

import psycopg2


def raw(database: str, seconds: float = 1.0) -> float:
    """Return updates of one row, with a commit each, per second on one connection."""
    with closing(psycopg2.connect(dbname=database)) as connection:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS bench_raw (id int, n int)")
            cursor.execute("TRUNCATE bench_raw")
            cursor.execute("INSERT INTO bench_raw VALUES (1, 0)")
            connection.commit()
            rates = [_rate(connection, cursor, seconds) for _round in range(3)]
            cursor.execute("DROP TABLE bench_raw")
        connection.commit()
    return statistics.median(rates)


def _rate(connection, cursor, seconds: float) -> float:
    count = 0
    begun = time.perf_counter()
    end = begun + seconds
    while time.perf_counter() < end:
        cursor.execute("UPDATE bench_raw SET n = n + 1 WHERE id = 1")
        connection.commit()
        count += 1
    return count / (time.perf_counter() - begun)
