"""``odoo component``: inspect the components of a database."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from odoo.api import Environment

from . import console
from .inspection import ComponentInfo, inspect_component, list_components
from .registry import ComponentRegistry
from .resolution import Resolution, resolve

HEADERS = ["component", "usage", "collection", "models", "declared, extended by"]


def run(parser: ArgumentParser, arguments: list[str]) -> None:
    """Run the sub-command named by the arguments."""
    subparsers = parser.add_subparsers(dest="subcommand", required=True)
    listing = subparsers.add_parser("list", help="list components")
    listing.set_defaults(run=print_list)
    listing.add_argument(
        "--collection", help="only components of this collection, or of any"
    )
    listing.add_argument("--usage", help="only components with this usage")
    listing.add_argument("--model", help="only components for this model, or for any")
    listing.add_argument(
        "--mro", action="store_true", help="show the method resolution order"
    )
    explaining = subparsers.add_parser(
        "explain", help="explain how a lookup is resolved"
    )
    explaining.set_defaults(run=print_explanation)
    explaining.add_argument("collection", help="model name of the collection")
    explaining.add_argument("model", help="model the component works on")
    explaining.add_argument("usage", nargs="?", help="usage to look up")
    explaining.add_argument(
        "--id", type=int, help="record ID of the collection, for _component_match"
    )
    explaining.add_argument(
        "--with",
        dest="keywords",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="extra keyword of the lookup, for _component_match",
    )
    for subparser in subparsers.choices.values():
        console.add_options(subparser)
    args = parser.parse_args(arguments)
    with console.opened(parser, args) as (env, registry):
        args.run(parser, args, env, registry)


def print_list(
    parser: ArgumentParser,
    args: Namespace,
    env: Environment,
    registry: ComponentRegistry,
) -> None:
    """Print the components that match the options.

    An unknown model is an error, not an empty list.
    """
    console.check_models(parser, env, args.collection, args.model)
    infos = list(list_components(registry, args.collection, args.usage, args.model))
    if args.json:
        console.print_json([info.as_dict() for info in infos])
        return
    headers = [*HEADERS, "mro"] if args.mro else HEADERS
    console.print_table(headers, [_row(info, with_order=args.mro) for info in infos])


def print_explanation(
    parser: ArgumentParser,
    args: Namespace,
    env: Environment,
    registry: ComponentRegistry,
) -> None:
    """Print how a lookup is resolved, and the components it considered."""
    keywords = dict(pair.partition("=")[::2] for pair in args.keywords)
    work = console.work_context(parser, env, args.collection, args.model, args.id)
    resolution = resolve(work, args.usage, keywords)
    names = dict.fromkeys(name for step in resolution.steps for name in step.left)
    infos = [
        inspect_component(registry, name) for name in [*names, *resolution.near_misses]
    ]
    if args.json:
        components = [info.as_dict() for info in infos]
        console.print_json({**asdict(resolution), "components": components})
        return
    _print_resolution(resolution)
    if infos:
        console.say()
        rows = [_row(info, with_order=True) for info in infos]
        console.print_table([*HEADERS, "mro"], rows)


def _print_resolution(resolution: Resolution) -> None:
    console.say(f"Lookup: {resolution.query}")
    console.say(f"Result: {resolution.result or f'none; {resolution.advice}'}")
    console.say()
    steps = [(step.condition, "\n".join(step.left) or "-") for step in resolution.steps]
    console.print_table(["condition", "remaining"], steps)
    if resolution.near_misses:
        console.say()
        console.print_table(
            ["near miss", "reason"],
            [(name, "\n".join(why)) for name, why in resolution.near_misses.items()],
        )


def _row(info: ComponentInfo, *, with_order: bool) -> list[str]:
    declarations = [info.declared, *info.extended] if info.declared else []
    row = [
        f"{info.name} (abstract)" if info.abstract else info.name,
        info.usage or "-",
        info.collection or "any",
        console.models(info.models),
        "\n".join(declaration.location for declaration in declarations),
    ]
    if with_order:
        row.append("\n".join(map(str, info.mro)))
    return row
