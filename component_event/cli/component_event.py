from odoo.cli.command import Command


class ComponentEvent(Command):
    """List the listeners of a database, and explain which receive an event."""

    name = "component_event"

    def run(self, cmdargs: list[str]) -> None:
        """Run a sub-command; its result goes to standard output."""
        # not at the top: the list of Odoo's commands must not load the addon; not
        # relative: Odoo loads this file as a part of odoo.cli
        # pylint: disable-next=odoo-addons-relative-import
        from odoo.addons.component_event import commands

        commands.run(self.parser, cmdargs)
