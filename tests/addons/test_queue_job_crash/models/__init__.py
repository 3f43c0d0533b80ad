from . import crash_row
