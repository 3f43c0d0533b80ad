"""How a copy of a database is recognized, so that its jobs are held."""
