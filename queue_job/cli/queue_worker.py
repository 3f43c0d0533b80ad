from __future__ import annotations

from typing import Any

from odoo.cli import Command


class QueueWorker(Command):
    """Run a server that only runs jobs"""

    name = "queue_worker"

    def run(self, args: list[str]) -> Any:
        # imported here, as listing the commands must not load the addon, and by its
        # full name, as commands are loaded outside of their addon
        # pylint: disable=odoo-addons-relative-import
        from odoo.addons.queue_job.jobrunner.dedicated import main

        main(args, self.prog)
