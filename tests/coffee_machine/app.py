"""HTTP over the machine: routes, tokens, faults, errors and counting.

A request is drained before anything else, so that a connection can be used again
whatever the answer. The order is then: fault, token, idempotency, the work.
"""

import logging
import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    RequestEntityTooLarge,
)
from werkzeug.routing import Map
from werkzeug.wrappers import Request, Response

from . import admin, api, tokens, unkind
from .bodies import MAX_BYTES
from .errors import ApiError, Dropped, NotFound
from .faults import UNKIND
from .idempotency import REPLAYED
from .machine import Machine
from .responses import json_response

_WRITES = ("POST", "PATCH", "DELETE")

_logger = logging.getLogger(__name__)


class App:
    """A WSGI application. Raises Dropped when the connection shall be closed."""

    def __init__(self, machine: Machine):
        self.machine = machine
        self._routes = Map(
            [rule.empty() for rule in (*api.ROUTES, *admin.ROUTES)],
            merge_slashes=False,
        )

    def __call__(self, environ: dict, start_response: Callable):
        return self.respond(Request(environ))(environ, start_response)

    def respond(self, request: Request) -> Response:
        statistics = self.machine.statistics
        route, work = self._route(request)
        counted = not request.path.startswith("/admin/")
        if counted:
            statistics.count("requests", route)
        try:
            response = self._handle(request, route, work)
        except Dropped:
            statistics.count("statuses", "dropped")
            raise
        if counted:
            statistics.count("statuses", str(response.status_code))
        return response

    def _route(self, request: Request) -> tuple[str, Callable[[], Response]]:
        """The route's name, ``GET /api/badges/ID``, and what is to be done."""
        try:
            adapter = self._routes.bind_to_environ(request.environ)
            rule, arguments = adapter.match(return_rule=True)
        except MethodNotAllowed as error:
            return f"{request.method} (not allowed)", partial(_raise, error)
        except HTTPException:
            error = NotFound(f"there is nothing at {request.path}")
            return f"{request.method} (nowhere)", partial(_raise, error)
        name = re.sub(r"<.*?>", "ID", rule.rule)
        work = partial(rule.endpoint, self.machine, request, **arguments)
        return f"{request.method} {name}", work

    def _handle(self, request, route, work) -> Response:
        try:
            try:
                if (request.content_length or 0) > MAX_BYTES:
                    raise RequestEntityTooLarge
                request.get_data()
                if request.path.startswith("/admin/"):
                    admin.require_loopback(request)
                    return work()
                return self._with_fault(request, route, work)
            except HTTPException as error:
                raise _translated(error) from None
        except ApiError as error:
            return json_response(error.body, error.status, error.headers)
        except (ConnectionError, TimeoutError):
            raise
        except Exception:
            _logger.exception("%s failed", route)
            error = ApiError(500, "internal", "the machine has a defect")
            return json_response(error.body, error.status)

    def _with_fault(self, request, route, work) -> Response:
        machine = self.machine
        fault = machine.faults.draw(route)
        if fault is None:
            return self._with_token(request, work)
        machine.statistics.count("faults", fault)
        if fault == "drop":
            raise Dropped
        if fault == "error500":
            raise ApiError(500, "internal", "the machine hiccuped")
        if fault == "rate_limit":
            raise ApiError(
                429,
                "rate_limited",
                "too many requests",
                headers={"Retry-After": str(machine.faults.plan.retry_after)},
            )
        if fault == "token_expired":
            machine.tokens.forget(request.headers.get("Authorization"))
            raise tokens.expired()
        if fault == "slow":
            machine.stopping.wait(machine.faults.plan.delay)
            return self._with_token(request, work)
        if fault in UNKIND:
            return unkind.act(
                fault, machine, request, partial(self._with_token, request, work)
            )
        with suppress(ApiError):
            self._with_token(request, work)
        raise Dropped

    def _with_token(self, request, work) -> Response:
        machine = self.machine
        if request.path == "/api/login":
            return work()
        machine.tokens.check(request.headers.get("Authorization"))
        if request.method not in _WRITES:
            return work()
        text = request.headers.get("Idempotency-Key")
        key = (text, request.method, request.path) if text else None
        with machine.store.lock:
            response = machine.responses.once(key, work)
            machine.keep(key)
        if REPLAYED in response.headers:
            machine.statistics.count_replay()
        return response


def _raise(error):
    raise error


def _translated(error: HTTPException) -> ApiError:
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        message = f"only {allowed} can be done here"
        return ApiError(405, "not_allowed", message, headers={"Allow": allowed})
    # The rest of a body that was not read would be taken for the next request.
    closing = {"Connection": "close"}
    return ApiError(error.code or 400, "refused", error.description, headers=closing)
