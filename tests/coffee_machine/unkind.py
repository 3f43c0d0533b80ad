"""What a device does that is no failure, and still not what its manual says."""

from email.utils import formatdate

from werkzeug.wrappers import Request, Response

from .errors import ApiError
from .machine import Machine

# The server writes the answer in pieces, during so many seconds; not sent itself.
DRIP = "X-Drip"
_BOM = b"\xef\xbb\xbf"
# Records on a page, of a device that is short of memory.
_SHORT = 7


def act(kind: str, machine: Machine, request: Request, work) -> Response:
    """Do the work, and answer in an unkind way."""
    faults = machine.faults.plan
    if kind == "maintenance":
        moment = machine.clock.now().timestamp() + faults.retry_after
        waits = {"Retry-After": formatdate(moment, usegmt=True)}
        raise ApiError(503, "maintenance", "descaling", headers=waits)
    if kind == "short_page":
        request.environ["coffee.page_limit"] = _SHORT
    response = work()
    if kind == "drip":
        response.headers[DRIP] = str(faults.delay)
    elif kind == "bom" and response.get_data():
        response.set_data(_BOM + response.get_data())
    elif kind == "text_type" and response.get_data():
        response.headers["Content-Type"] = "text/html; charset=iso-8859-1"
    elif kind == "no_content" and request.environ.get("coffee.is_empty"):
        response = Response(b"", 204)
    return response
