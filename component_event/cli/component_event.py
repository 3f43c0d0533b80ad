import argparse

from odoo.cli.command import Command


class Component_event(Command):  # noqa: N801 - the class is named like the command
    """List the listeners of a database, and explain who hears an event."""

    name = "component_event"

    def run(self, cmdargs: list[str]) -> None:
        """Run a sub-command; its result goes to the standard output."""
        # here, because listing the commands of Odoo must not load the addon
        from odoo.addons.component import console

        subparsers = self.parser.add_subparsers(dest="subcommand", required=True)
        self._add_list(subparsers.add_parser("list", help="list listeners on a model"))
        self._add_explain(
            subparsers.add_parser("explain", help="explain who hears an event")
        )
        for subparser in subparsers.choices.values():
            subparser.add_argument("model", help="model the event is fired on")
            if subparser.get_default("run") == self._explain:
                subparser.add_argument("event", help="name of the event, on_...")
            subparser.add_argument(
                "--collection", help="collection the event is fired for"
            )
            console.add_options(subparser)
        args = self.parser.parse_args(cmdargs)
        with console.opened(self.parser, args) as (env, registry):
            for name in filter(None, (args.model, args.collection)):
                if name not in env:
                    self.parser.error(f"no model {name} in database {env.cr.dbname}")
            args.run(args, env, registry)

    def _add_list(self, parser: argparse.ArgumentParser) -> None:
        parser.set_defaults(run=self._list)
        parser.add_argument("--event", help="only of this event")

    def _add_explain(self, parser: argparse.ArgumentParser) -> None:
        parser.set_defaults(run=self._explain)

    def _list(self, args, env, registry) -> None:
        from dataclasses import asdict

        from odoo.addons.component import console
        from odoo.addons.component_event import hearing

        names = [args.event] if args.event else sorted(hearing.events(registry))
        heard = [one for name in names for one in self._heard(args, env, name)]
        if args.json:
            console.print_json([asdict(one) for one in heard])
            return
        self._print_heard(heard)

    def _explain(self, args, env, registry) -> None:
        from dataclasses import asdict

        from odoo.addons.component import console
        from odoo.addons.component_event import hearing

        heard = self._heard(args, env, args.event)
        missed = list(hearing.deaf(registry, args.model, args.event, args.collection))
        if args.json:
            console.print_json(
                {
                    "event": args.event,
                    "model": args.model,
                    "collection": args.collection,
                    "heard": [asdict(one) for one in heard],
                    "not_heard": [asdict(one) for one in missed],
                }
            )
            return
        fired = f"for collection {args.collection}" if args.collection else (
            "without a collection: the listeners of all collections hear it"
        )
        print(f"Fired: {args.event} on {args.model}, {fired}")
        print(f"Heard by: {len(heard)}, in this order\n")
        self._print_heard(heard)
        if missed:
            print()
            console.print_table(
                ["not heard by", "because"],
                [(one.listener, "\n".join(one.reasons)) for one in missed],
            )

    @staticmethod
    def _heard(args, env, event: str) -> list:
        from odoo.addons.component_event import hearing

        collection = env[args.collection] if args.collection else None
        return hearing.listeners(env[args.model], event, collection)

    @staticmethod
    def _print_heard(heard: list) -> None:
        from odoo.addons.component import console

        console.print_table(
            ["event", "listener", "priority", "collection", "models", "methods"],
            [
                [
                    one.event,
                    one.listener,
                    str(one.priority),
                    one.collection or "any",
                    "\n".join(one.models) if one.models is not None else "any",
                    "\n".join(one.methods),
                ]
                for one in heard
            ],
        )
