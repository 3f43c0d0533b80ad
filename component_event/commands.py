"""``odoo component_event``: look at the listeners of a database."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from odoo.api import Environment

from odoo.addons.component import console
from odoo.addons.component.core import ComponentRegistry

from . import hearing


def run(parser: ArgumentParser, arguments: list[str]) -> None:
    """Run the sub-command that the arguments name."""
    subparsers = parser.add_subparsers(dest="subcommand", required=True)
    listing = subparsers.add_parser("list", help="list the listeners on a model")
    listing.set_defaults(run=print_list)
    listing.add_argument("model", help="model the events are fired on")
    listing.add_argument("--event", help="only of this event")
    explaining = subparsers.add_parser("explain", help="explain who hears an event")
    explaining.set_defaults(run=print_explanation)
    explaining.add_argument("model", help="model the event is fired on")
    explaining.add_argument("event", help="name of the event, on_...")
    for subparser in subparsers.choices.values():
        subparser.add_argument("--collection", help="collection it is fired for")
        console.add_options(subparser)
    args = parser.parse_args(arguments)
    if args.event and not args.event.startswith("on_"):
        parser.error(f"the name of an event starts with on_, not {args.event!r}")
    with console.opened(parser, args) as (env, registry):
        console.check_models(parser, env, args.model, args.collection)
        args.run(args, env, registry)


def print_list(args: Namespace, env: Environment, registry: ComponentRegistry) -> None:
    """Print who hears which event on a model."""
    names = [args.event] if args.event else sorted(hearing.events(registry))
    heard = [one for name in names for one in _heard(args, env, name)]
    if args.json:
        console.print_json([asdict(one) for one in heard])
    else:
        _print_heard(heard)


def print_explanation(
    args: Namespace, env: Environment, registry: ComponentRegistry
) -> None:
    """Print who hears an event on a model, and why others do not."""
    heard = _heard(args, env, args.event)
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
    fired = (
        f"for collection {args.collection}"
        if args.collection
        else "without a collection: the listeners of all collections hear it"
    )
    console.say(f"Fired: {args.event} on {args.model}, {fired}")
    console.say(f"Heard by: {len(heard)}, in this order")
    console.say()
    _print_heard(heard)
    if missed:
        console.say()
        console.print_table(
            ["not heard by", "because"],
            [(one.listener, "\n".join(one.reasons)) for one in missed],
        )


def _heard(args: Namespace, env: Environment, event: str) -> list[hearing.Heard]:
    collection = env[args.collection] if args.collection else None
    return hearing.listeners(env[args.model], event, collection)


def _print_heard(heard: list[hearing.Heard]) -> None:
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
            for one in heard
        ],
    )
