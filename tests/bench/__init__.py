"""Benchmarks: they print figures and ratios, they never fail because of a time.

Each file in ``measures/`` has a function ``measure(lab)`` that yields figures.
"""

import odoo.init
