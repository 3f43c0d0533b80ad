"""A GraphQL server in a process of its own, with the habits of real ones.

Run as a program, it prints its port. ``POST /graphql`` executes operations with
graphql-core; ``POST /login`` returns a token; ``POST /control`` changes its state::

    {"budget": {"maximum": 100, "available": 0, "restore_rate": 50}}
    {"faults": ["internal", "drop"]}

A fault is that of the next operation. Costs are reported as Shopify does: 2 points, and
1 for each record that may be returned.
"""

import base64
import json
import sys
import threading
import time
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from graphql import GraphQLError, build_schema, graphql_sync

SCHEMA = build_schema(
    """
    type Query {
      guest(id: ID!): Guest
      guests(first: Int, after: String, updatedSince: String): GuestConnection!
      nodes(ids: [ID!]!): [Node]!
      node(id: ID!): Node
    }
    type Mutation {
      guestCreate(input: GuestInput!): GuestPayload
      guestUpdate(id: ID!, input: GuestInput!): GuestPayload
      guestDelete(id: ID!): DeletePayload
      bulkOperationRunQuery(query: String!): BulkPayload
    }
    interface Node { id: ID! }
    type Guest implements Node {
      id: ID!
      name: String!
      country: String
      table: String
      updatedAt: String!
    }
    type BulkOperation implements Node {
      id: ID!
      status: String!
      errorCode: String
      objectCount: String
      url: String
    }
    input GuestInput { name: String, country: String }
    type GuestConnection {
      edges: [GuestEdge]
      nodes: [Guest]
      pageInfo: PageInfo
    }
    type GuestEdge { cursor: String!, node: Guest }
    type PageInfo { hasNextPage: Boolean!, endCursor: String }
    type UserError { field: [String!], message: String!, code: String }
    type GuestPayload { guest: Guest, userErrors: [UserError!]! }
    type DeletePayload { deletedId: ID, userErrors: [UserError!]! }
    type BulkPayload { bulkOperation: BulkOperation, userErrors: [UserError!]! }
    """
)


class Store:
    """The records and the state of the server."""

    def __init__(self):
        self.lock = threading.RLock()
        self.guests = {}
        self.bulk = {}
        self.last_id = 0
        self.token, self.logins = None, 0
        self.faults, self.operations, self.keys = [], [], []
        self.responses = {}
        self.budget = {"maximum": 1000.0, "available": 1000.0, "restore_rate": 500.0}
        self.measured = time.monotonic()

    def control(self, order):
        for number in range(order.get("guests", 0)):
            self.add({"name": f"Guest {number + 1}", "country": "BE"})
        for guest in order.get("add", []):
            self.add(guest)
        self.faults += order.get("faults", [])
        if "budget" in order:
            self.budget.update(order["budget"])
            self.measured = time.monotonic()
        if order.get("expire"):
            self.token = "expired"
        for operation_id, values in order.get("bulk", {}).items():
            self.bulk.setdefault(operation_id, {"id": operation_id}).update(values)
        return {
            "guests": self.guests,
            "operations": self.operations,
            "keys": self.keys,
            "logins": self.logins,
        }

    def add(self, values):
        self.last_id += 1
        external_id = f"gid://kiosk/Guest/{self.last_id}"
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self.guests[external_id] = {"id": external_id, "updatedAt": now, **values}
        return self.guests[external_id]

    def pay(self, cost):
        """Take the cost from the budget, if it suffices; return the report."""
        budget, now = self.budget, time.monotonic()
        restored = (now - self.measured) * budget["restore_rate"]
        budget["available"] = min(budget["maximum"], budget["available"] + restored)
        self.measured = now
        is_paid = budget["available"] >= cost
        if is_paid:
            budget["available"] -= cost
        return is_paid, {
            "requestedQueryCost": cost,
            "actualQueryCost": cost if is_paid else None,
            "throttleStatus": {
                "maximumAvailable": budget["maximum"],
                "currentlyAvailable": int(budget["available"]),
                "restoreRate": budget["restore_rate"],
            },
        }


STORE = Store()


def fault(name):
    """Whether the current operation has this fault."""
    return getattr(_current, "fault", None) == name


_current = threading.local()


def _error(message, code):
    return GraphQLError(message, extensions={"code": code})


class Query:
    """The resolvers of queries."""

    def guest(self, info, id):
        if id not in STORE.guests:
            if fault("silent"):
                return None
            raise _error(f"No guest {id}", "NOT_FOUND")
        return Guest(STORE.guests[id])

    def guests(self, info, first=10, after=None, updatedSince=None):
        if fault("internal_list"):
            raise _error("out of order", "INTERNAL_SERVER_ERROR")
        since = updatedSince and datetime.fromisoformat(updatedSince)
        found = [
            guest
            for guest in STORE.guests.values()
            if not since or datetime.fromisoformat(guest["updatedAt"]) >= since
        ]
        start = int(base64.b64decode(after)) if after else 0
        if fault("repeat_page"):
            start = 0
        page = found[start : start + first]
        end = start + len(page)
        cursor = base64.b64encode(str(end).encode()).decode()
        if fault("same_cursor"):
            cursor = after
        if fault("null_cursor"):
            cursor = None
        nodes = [Guest(guest) for guest in page]
        if fault("null_node"):
            nodes[0] = None
        more = end < len(found) or fault("same_cursor") or fault("null_cursor")
        info_ = {"hasNextPage": more, "endCursor": cursor}
        return {
            "nodes": nodes,
            "edges": [{"cursor": cursor or "", "node": node} for node in nodes],
            "pageInfo": None if fault("no_page_info") else info_,
        }

    def nodes(self, info, ids):
        if fault("missing_as_errors"):
            return [
                Guest(STORE.guests[key])
                if key in STORE.guests
                else _error(f"No node {key}", "NOT_FOUND")
                for key in ids
            ]
        return [
            Guest(STORE.guests[key]) if key in STORE.guests else None for key in ids
        ]

    def node(self, info, id):
        return (
            {"__typename": "BulkOperation", **STORE.bulk[id]}
            if (id in STORE.bulk)
            else None
        )

    # -- mutations

    def guestCreate(self, info, input):
        errors = self._check(input)
        guest = None if errors else Guest(STORE.add(input))
        return {"guest": guest, "userErrors": errors}

    def guestUpdate(self, info, id, input):
        if id not in STORE.guests:
            missing = {"field": ["id"], "message": "no such guest", "code": "NOT_FOUND"}
            return {"guest": None, "userErrors": [missing]}
        errors = self._check(input)
        if not errors:
            STORE.guests[id].update(input)
        return {"guest": Guest(STORE.guests[id]), "userErrors": errors}

    def guestDelete(self, info, id):
        if not STORE.guests.pop(id, None):
            raise _error(f"No guest {id}", "NOT_FOUND")
        return {"deletedId": id, "userErrors": []}

    def bulkOperationRunQuery(self, info, query):
        operation_id = f"gid://kiosk/Bulk/{len(STORE.bulk) + 1}"
        STORE.bulk[operation_id] = {"id": operation_id, "status": "CREATED"}
        return {"bulkOperation": STORE.bulk[operation_id], "userErrors": []}

    def _check(self, values):
        if "name" in values and not values["name"]:
            return [{"field": ["input", "name"], "message": "is empty"}]
        return []


class Guest:
    """The resolvers of a record."""

    __typename = "Guest"

    def __init__(self, values):
        self._values = values

    def __getattr__(self, name):
        return self._values.get(name)

    def country(self, info):
        if fault("partial"):
            raise GraphQLError("country is unreachable")
        return self._values.get("country")

    def table(self, info):
        raise _error("No table", "NOT_FOUND")


def _resolve_type(value, info, kind):
    return "Guest" if isinstance(value, Guest) else value["__typename"]


SCHEMA.get_type("Node").resolve_type = _resolve_type


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        lines = [{"id": key, "name": val["name"]} for key, val in STORE.guests.items()]
        content = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        has_credentials = "Authorization" in self.headers
        # The URL is signed: other credentials are rejected, as object stores do.
        self._send(content, 400 if has_credentials else 200)

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        sent = json.loads(self.rfile.read(length) or b"{}")
        with STORE.lock:
            if self.path == "/control":
                return self._send(STORE.control(sent))
            if self.path == "/login":
                STORE.logins += 1
                STORE.token = f"token-number-{STORE.logins}"
                return self._send({"token": STORE.token})
            return self._graphql(sent)

    def _graphql(self, sent):
        STORE.operations.append(sent)
        key = self.headers.get("Idempotency-Key")
        STORE.keys.append(key)
        if self.headers.get("Authorization") != f"Bearer {STORE.token}":
            return self._errors("UNAUTHENTICATED", "log in first")
        _current.fault = STORE.faults.pop(0) if STORE.faults else None
        if fault("drop"):
            self.close_connection = True
            return self.connection.close()
        if fault("html"):
            return self._send(b"<html>Maintenance</html>")
        if fault("forbidden"):
            return self._errors("FORBIDDEN", "guests are private")
        if key in STORE.responses:
            return self._send(STORE.responses[key])
        variables = sent.get("variables") or {}
        is_paid, cost = STORE.pay(2 + (variables.get("first") or 0))
        if not is_paid:
            return self._errors("THROTTLED", "Throttled", {"cost": cost})
        done = graphql_sync(
            SCHEMA, sent["query"], root_value=Query(), variable_values=variables
        )
        answer = {**done.formatted, "extensions": {"cost": cost}}
        if done.data is None and done.errors and not done.errors[0].path:
            del answer["data"]
            accepts = "graphql-response+json" in self.headers.get("Accept", "")
            return self._send(answer, 400 if accepts else 200)
        if key:
            STORE.responses[key] = answer
        if fault("lost"):
            self.close_connection = True
            return self.connection.close()
        return self._send(answer)

    def _errors(self, code, message, extensions=None):
        error = {"message": message, "extensions": {"code": code}}
        answer = {"errors": [error]}
        self._send({**answer, "extensions": extensions} if extensions else answer)

    def _send(self, body, status=200):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/graphql-response+json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        """Log nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Log nothing: dropped connections are part of the tests."""


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
