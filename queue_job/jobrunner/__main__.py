"""``python -m odoo.addons.queue_job.jobrunner OPTIONS``: a dedicated job server."""

import sys

from .dedicated import main

if __name__ == "__main__":
    main(sys.argv[1:])
