"""``odoo component_event``: inspect the listeners of a database."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from odoo.api import Environment

from odoo.addons.component import console
from odoo.addons.component.core import ComponentRegistry

from . import inspection


def run(parser: ArgumentParser, arguments: list[str]) -> None:
    """Run the sub-command named by the arguments."""
    subparsers = parser.add_subparsers(dest="subcommand", required=True)
    listing = subparsers.add_parser("list", help="list the listeners of a model")
    listing.set_defaults(run=print_list)
    listing.add_argument("model", help="model that fires the events")
    listing.add_argument("--event", help="only listeners of this event")
    explaining = subparsers.add_parser(
        "explain", help="explain which listeners receive an event"
    )
    explaining.set_defaults(run=print_explanation)
    explaining.add_argument("model", help="model that fires the event")
    explaining.add_argument("event", help="name of the event, on_...")
    for subparser in subparsers.choices.values():
        subparser.add_argument("--collection", help="collection the event is fired for")
        console.add_options(subparser)
    args = parser.parse_args(arguments)
    if args.event and not args.event.startswith("on_"):
        parser.error(f"the name of an event must start with on_: {args.event!r}")
    with console.opened(parser, args) as (env, registry):
        console.check_models(parser, env, args.model, args.collection)
        args.run(args, env, registry)


def print_list(args: Namespace, env: Environment, registry: ComponentRegistry) -> None:
    """Print the listeners of a model, by event."""
    names = [args.event] if args.event else sorted(inspection.events(registry))
    found = [one for name in names for one in _listeners(args, env, name)]
    if args.json:
        console.print_json([asdict(one) for one in found])
    else:
        _print_listeners(found)


def print_explanation(
    args: Namespace, env: Environment, registry: ComponentRegistry
) -> None:
    """Print which listeners receive an event, and why others do not."""
    found = _listeners(args, env, args.event)
    unmatched = list(
        inspection.unmatched(registry, args.model, args.event, args.collection)
    )
    if args.json:
        console.print_json(
            {
                "event": args.event,
                "model": args.model,
                "collection": args.collection,
                "listeners": [asdict(one) for one in found],
                "unmatched": [asdict(one) for one in unmatched],
            }
        )
        return
    fired = (
        f"for collection {args.collection}"
        if args.collection
        else "without a collection: listeners of all collections receive it"
    )
    console.say(f"Event: {args.event} on {args.model}, {fired}")
    console.say(f"Listeners: {len(found)}, in calling order")
    console.say()
    _print_listeners(found)
    if unmatched:
        console.say()
        console.print_table(
            ["unmatched", "reason"],
            [(one.listener, "\n".join(one.reasons)) for one in unmatched],
        )


def _listeners(
    args: Namespace, env: Environment, event: str
) -> list[inspection.ListenerInfo]:
    collection = env[args.collection] if args.collection else None
    return inspection.listeners(env[args.model], event, collection)


def _print_listeners(found: list[inspection.ListenerInfo]) -> None:
    console.print_table(
        ["event", "listener", "priority", "collection", "models", "methods"],
        [
            [
                one.event,
                one.listener,
                str(one.priority),
                one.collection or "any",
                console.models(one.models),
                "\n".join(one.methods),
            ]
            for one in found
        ],
    )
