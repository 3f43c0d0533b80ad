"""The bench: ``/admin``, to look into the machine and to make it misbehave."""

import ipaddress

from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from . import moments
from .bodies import json_body
from .errors import ApiError, Invalid, NotFound
from .faults import FaultPlan
from .fields import require_object
from .machine import Machine
from .responses import json_response
from .settings import FIRMWARES

MAX_OFFSET = 10 * 366 * 86400


def require_loopback(request: Request) -> None:
    """Raise ApiError ``forbidden`` when the caller is on another computer."""
    address = ipaddress.ip_address(request.environ["REMOTE_ADDR"].partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    if not (mapped or address).is_loopback:
        raise ApiError(403, "forbidden", "/admin answers only to its own computer")


def stats(machine: Machine, request: Request) -> Response:
    return json_response(machine.statistics.to_json())


def data(machine: Machine, request: Request) -> Response:
    firmware = request.args.get("firmware", str(machine.settings.firmware))
    if firmware not in map(str, FIRMWARES):
        raise Invalid("firmware", "firmware must be 1 or 2")
    return json_response(machine.data(int(firmware)))


def get_faults(machine: Machine, request: Request) -> Response:
    return json_response(machine.faults.plan.to_json())


def put_faults(machine: Machine, request: Request) -> Response:
    machine.faults.follow(FaultPlan.from_json(require_object(json_body(request))))
    return get_faults(machine, request)


def delete_faults(machine: Machine, request: Request) -> Response:
    machine.faults.follow(FaultPlan())
    return get_faults(machine, request)


def expire_tokens(machine: Machine, request: Request) -> Response:
    return json_response({"expired": machine.tokens.forget_all()})


def reset(machine: Machine, request: Request) -> Response:
    machine.reset()
    return json_response({"reset": True})


def deliver_again(machine: Machine, request: Request) -> Response:
    event_id = machine.webhooks.deliver_again()
    if event_id is None:
        raise NotFound("nothing has happened yet that could be delivered again")
    return json_response({"id": event_id, "webhooks": len(machine.webhooks.all())})


def put_clock(machine: Machine, request: Request) -> Response:
    offset = require_object(json_body(request)).get("offset")
    if type(offset) not in (int, float) or not abs(offset) <= MAX_OFFSET:
        raise Invalid("offset", "offset must be seconds, ten years at most")
    machine.clock.offset = offset
    return json_response({"offset": offset, "time": moments.write(machine.clock.now())})


ROUTES = [
    Rule("/admin/stats", methods=["GET"], endpoint=stats),
    Rule("/admin/data", methods=["GET"], endpoint=data),
    Rule("/admin/faults", methods=["GET"], endpoint=get_faults),
    Rule("/admin/faults", methods=["PUT"], endpoint=put_faults),
    Rule("/admin/faults", methods=["DELETE"], endpoint=delete_faults),
    Rule("/admin/expire-tokens", methods=["POST"], endpoint=expire_tokens),
    Rule("/admin/reset", methods=["POST"], endpoint=reset),
    Rule("/admin/deliver-again", methods=["POST"], endpoint=deliver_again),
    Rule("/admin/clock", methods=["PUT"], endpoint=put_clock),
]
