from odoo.cli import Command


class QueueWorker(Command):
    """Run the jobs of the queue, and nothing else"""

    name = "queue_worker"

    def run(self, args):
        # imported here, as the addon must not be loaded to list the commands
        from odoo.addons.queue_job.jobrunner.dedicated import main

        main(args, self.prog)
