"""The vendor's API: ``/api``."""

from typing import Any
from urllib.parse import urlsplit

from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from . import fields, paging
from .bodies import json_body
from .errors import Invalid, NotFound
from .machine import Machine
from .responses import empty_response, json_response

_BREW_FIELDS: fields.Fields = {
    "recipe_id": ("recipe_id", fields.whole(1, 2**31)),
    "badge_id": ("badge_id", fields.whole(1, 2**31)),
}


def login(machine: Machine, request: Request) -> Response:
    body = fields.require_object(json_body(request))
    token = machine.tokens.login(body.get("user"), body.get("password"))
    return json_response({"token": token, "expires_in": machine.tokens.ttl})


def info(machine: Machine, request: Request) -> Response:
    return json_response(machine.info())


def list_recipes(machine: Machine, request: Request) -> Response:
    records = machine.store.recipes.all(paging.updated_since(request))
    return _page(machine, request, records, machine.wire.recipe)


def get_recipe(machine: Machine, request: Request, id: int) -> Response:
    return json_response(machine.wire.recipe(machine.recipe(id)))


def update_recipe(machine: Machine, request: Request, id: int) -> Response:
    changes = fields.read(
        json_body(request), machine.wire.RECIPE_FIELDS, _of(machine, "a recipe")
    )
    recipe = machine.update_recipe(id, changes)
    machine.statistics.count("writes", "recipes updated")
    return json_response(machine.wire.recipe(recipe))


def list_badges(machine: Machine, request: Request) -> Response:
    records = machine.store.badges.all(paging.updated_since(request))
    if "ref" in request.args:
        ref = request.args["ref"]
        records = [badge for badge in records if badge.ref == ref]
    return _page(machine, request, records, machine.wire.badge)


def get_badge(machine: Machine, request: Request, id: int) -> Response:
    return json_response(machine.wire.badge(machine.badge(id)))


def create_badge(machine: Machine, request: Request) -> Response:
    values = _read_badge(machine, request)
    if "holder_name" not in values:
        name = next(
            path
            for path, (attribute, _check) in machine.wire.BADGE_FIELDS.items()
            if attribute == "holder_name"
        )
        raise Invalid(name, f"{name} is missing")
    badge = machine.create_badge(values)
    machine.statistics.count("writes", "badges created")
    return json_response(machine.wire.badge(badge), 201)


def update_badge(machine: Machine, request: Request, id: int) -> Response:
    badge = machine.update_badge(id, _read_badge(machine, request))
    machine.statistics.count("writes", "badges updated")
    return json_response(machine.wire.badge(badge))


def delete_badge(machine: Machine, request: Request, id: int) -> Response:
    machine.delete_badge(id)
    machine.statistics.count("writes", "badges deleted")
    return empty_response()


def list_brews(machine: Machine, request: Request) -> Response:
    records = machine.store.brews.all(paging.updated_since(request))
    return _page(machine, request, records, lambda b: _brew(machine, b))


def get_brew(machine: Machine, request: Request, id: int) -> Response:
    return json_response(_brew(machine, machine.brew(id)))


def pour(machine: Machine, request: Request) -> Response:
    values = fields.read(json_body(request), _BREW_FIELDS, "an order")
    for name in _BREW_FIELDS:
        if name not in values:
            raise Invalid(name, f"{name} is missing")
    brew = machine.pour(**values)
    machine.statistics.count("writes", "brews created")
    return json_response(_brew(machine, brew), 201)


def list_webhooks(machine: Machine, request: Request) -> Response:
    return _page(machine, request, machine.webhooks.all(), _webhook)


def create_webhook(machine: Machine, request: Request) -> Response:
    values = fields.read(
        json_body(request),
        {"url": ("url", _http_url), "secret": ("secret", fields.text)},
        "a webhook",
    )
    for name in ("url", "secret"):
        if name not in values:
            raise Invalid(name, f"{name} is missing")
    return json_response(_webhook(machine.webhooks.add(**values)), 201)


def delete_webhook(machine: Machine, request: Request, id: int) -> Response:
    if not machine.webhooks.remove(id):
        raise NotFound(f"there is no webhook {id}")
    return empty_response()


def _page(machine, request, records, represent) -> Response:
    body, headers = machine.wire.page(paging.cut(request, records, represent))
    return json_response(body, headers=headers)


def _read_badge(machine: Machine, request: Request) -> dict[str, Any]:
    return fields.read(
        json_body(request), machine.wire.BADGE_FIELDS, _of(machine, "a badge")
    )


def _of(machine, what):
    return f"{what} on firmware {machine.settings.firmware}"


def _brew(machine, brew):
    return machine.wire.brew(brew, machine.store)


def _webhook(hook):
    return {"id": hook.id, "url": hook.url}


def _http_url(path: str, value: Any) -> str:
    url = fields.text(path, value)
    try:
        parts = urlsplit(url)
        complete = parts.scheme in ("http", "https") and parts.hostname
    except ValueError:
        complete = False
    if not complete:
        raise Invalid(path, f"{path} must be a complete http or https address")
    return url


ROUTES = [
    Rule("/api/login", methods=["POST"], endpoint=login),
    Rule("/api/info", methods=["GET"], endpoint=info),
    Rule("/api/recipes", methods=["GET"], endpoint=list_recipes),
    Rule("/api/recipes/<int:id>", methods=["GET"], endpoint=get_recipe),
    Rule("/api/recipes/<int:id>", methods=["PATCH"], endpoint=update_recipe),
    Rule("/api/badges", methods=["GET"], endpoint=list_badges),
    Rule("/api/badges", methods=["POST"], endpoint=create_badge),
    Rule("/api/badges/<int:id>", methods=["GET"], endpoint=get_badge),
    Rule("/api/badges/<int:id>", methods=["PATCH"], endpoint=update_badge),
    Rule("/api/badges/<int:id>", methods=["DELETE"], endpoint=delete_badge),
    Rule("/api/brews", methods=["GET"], endpoint=list_brews),
    Rule("/api/brews", methods=["POST"], endpoint=pour),
    Rule("/api/brews/<int:id>", methods=["GET"], endpoint=get_brew),
    Rule("/api/webhooks", methods=["GET"], endpoint=list_webhooks),
    Rule("/api/webhooks", methods=["POST"], endpoint=create_webhook),
    Rule("/api/webhooks/<int:id>", methods=["DELETE"], endpoint=delete_webhook),
]
