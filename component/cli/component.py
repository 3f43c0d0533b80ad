import argparse

from odoo.cli.command import Command


class Component(Command):
    """List the components of a database, and explain what a lookup finds."""

    def run(self, cmdargs: list[str]) -> None:
        """Run a sub-command; its result goes to the standard output."""
        # here, because listing the commands of Odoo must not load the addon
        from odoo.addons.component import console

        subparsers = self.parser.add_subparsers(dest="subcommand", required=True)
        self._add_list(subparsers.add_parser("list", help="list components"))
        self._add_explain(subparsers.add_parser("explain", help="explain a lookup"))
        for subparser in subparsers.choices.values():
            console.add_options(subparser)
        args = self.parser.parse_args(cmdargs)
        with console.opened(self.parser, args) as (env, registry):
            args.run(args, env, registry)

    def _add_list(self, parser: argparse.ArgumentParser) -> None:
        parser.set_defaults(run=self._list)
        parser.add_argument("--collection", help="only of this collection, or of any")
        parser.add_argument("--usage", help="only for this usage")
        parser.add_argument("--model", help="only for this model, or for any")
        parser.add_argument(
            "--mro", action="store_true", help="show the order of the declared classes"
        )

    def _add_explain(self, parser: argparse.ArgumentParser) -> None:
        parser.set_defaults(run=self._explain)
        parser.add_argument("collection", help="model name of the collection")
        parser.add_argument("model", help="model the component is to work on")
        parser.add_argument("usage", nargs="?", help="what the component is for")
        parser.add_argument(
            "--id", type=int, help="record of the collection, for _component_match"
        )
        parser.add_argument(
            "--with",
            dest="keywords",
            metavar="NAME=VALUE",
            action="append",
            default=[],
            help="free keyword of the lookup, for _component_match",
        )

    def _list(self, args, env, registry) -> None:
        from odoo.addons.component import console, inspection

        infos = list(
            inspection.list_components(
                registry, args.collection, args.usage, args.model
            )
        )
        if args.json:
            console.print_json([info.as_dict() for info in infos])
            return
        headers = ["component", "usage", "collection", "models", "declared, extended by"]
        rows = [_row(info, args.mro) for info in infos]
        console.print_table(headers + ["order"] * args.mro, rows)

    def _explain(self, args, env, registry) -> None:
        from dataclasses import asdict

        from odoo.addons.component import console, inspection
        from odoo.addons.component.decision import decide

        keywords = dict(pair.partition("=")[::2] for pair in args.keywords)
        work = console.work_context(
            self.parser, env, args.collection, args.model, args.id
        )
        decision = decide(work, args.usage, keywords)
        names = dict.fromkeys(name for step in decision.steps for name in step.left)
        infos = [
            inspection.inspect_component(registry, name)
            for name in [*names, *decision.near_misses]
        ]
        if args.json:
            components = [info.as_dict() for info in infos]
            console.print_json({**asdict(decision), "components": components})
            return
        print(f"Asked: {decision.question}")
        print(f"Answer: {decision.answer or f'none; {decision.advice}'}\n")
        console.print_table(
            ["those that", "are"],
            [(step.condition, "\n".join(step.left) or "-") for step in decision.steps],
        )
        if decision.near_misses:
            print()
            console.print_table(
                ["came near", "but"],
                [(n, "\n".join(reasons)) for n, reasons in decision.near_misses.items()],
            )
        if infos:
            print()
            headers = ["component", "usage", "collection", "models"]
            console.print_table(
                [*headers, "declared, extended by", "order"],
                [_row(info, True) for info in infos],
            )


def _row(info, with_order: bool) -> list[str]:
    declarations = [info.declared, *info.extended] if info.declared else []
    row = [
        f"{info.name} (abstract)" if info.abstract else info.name,
        info.usage or "-",
        info.collection or "any",
        "\n".join(info.models) if info.models is not None else "any",
        "\n".join(one.location for one in declarations),
    ]
    if with_order:
        row.append("\n".join(map(str, info.mro)))
    return row
