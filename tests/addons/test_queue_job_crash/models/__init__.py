from . import crash_row, deadly_job
