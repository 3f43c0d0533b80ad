"""Connections to PostgreSQL: monitoring ones, those of jobs, and the loss of either."""
