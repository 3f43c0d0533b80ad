from odoo.cli import Command


class QueueWorker(Command):
    """Run the jobs of the queue, and nothing else"""

    name = "queue_worker"

    def run(self, args):
        # imported here, as the addon must not be loaded to list the commands, and by
        # its full name, as commands are loaded from outside of their addon
        # pylint: disable=odoo-addons-relative-import
        from odoo.addons.queue_job.jobrunner.dedicated import main

        main(args, self.prog)
