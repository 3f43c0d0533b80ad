"""A Medusa shop that nobody here wrote, and Odoo beside it: ``make shop``."""
