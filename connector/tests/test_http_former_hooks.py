"""Hooks of the HTTP client, under their names and those of the first release."""

from odoo.addons.connector.components.http.auth import Auth, BearerAuth
from odoo.addons.connector.exceptions_http import RemoteInvalidData, RemoteRefused

from .rest_common import RestCase


class TestHooks(RestCase):
    def overridden(self, adapter, name, result):
        """Override a hook by a function of what its default returns."""
        default = getattr(adapter, name)
        setattr(adapter, name, lambda *args: result(default(*args)))
        return adapter

    def test_an_override_of_either_name_acts(self):
        for name in ("_build_request_url", "_url"):
            adapter = self.overridden(self.adapter(), name, lambda url: f"{url}.json")
            adapter.read(7)
            self.assertEqual(self.server.seen[-1].path, "/api/things/7.json", name)
        for name in ("_build_request_auth", "_auth"):
            self.adapter(**{name: lambda adapter: BearerAuth("a-token")}).read(7)
            sent = self.server.seen[-1].headers["authorization"]
            self.assertEqual(sent, "Bearer a-token", name)
        for name in ("_build_request_headers", "_headers"):
            adapter = self.overridden(
                self.adapter(), name, lambda headers: {**headers, "X-Shop": "7"}
            )
            adapter.read(7)
            self.assertEqual(self.server.seen[-1].headers["x-shop"], "7", name)

    def test_an_override_of_either_name_acts_on_responses(self):
        for name in ("_parse_response_content", "_parse"):
            self.server.add_response({"data": {"id": 7}})
            adapter = self.overridden(self.adapter(), name, lambda json: json["data"])
            self.assertEqual(adapter.read(7), {"id": 7}, name)
        for name in ("_parse_response_error", "_reason"):
            self.server.add_response({"oops": "too cold"}, 422)
            adapter = self.adapter(
                **{name: lambda adapter, response: response.json()["oops"].upper()}
            )
            with self.assertRaisesRegex(RemoteInvalidData, "TOO COLD", msg=name):
                adapter.read(7)
        for name in ("_build_response_exception", "_translate"):
            self.server.add_response({"ok": False})
            refuse = lambda adapter, response: RemoteRefused("not ok")  # noqa: E731
            with self.assertRaisesRegex(RemoteRefused, "not ok", msg=name):
                self.adapter(**{name: refuse}).read(7)


class TestRenewal(RestCase):
    class Rotating(Auth):
        """Knows several keys, and uses the next one when one is refused."""

        def __init__(self, *keys):
            self.keys = list(keys)

        def __call__(self, request):
            request.headers["X-Key"] = self.keys[0]
            return request

        def renew(self, request):
            self.keys.remove(request.headers["X-Key"])
            return bool(self.keys)

    def test_a_strategy_is_asked_for_other_credentials(self):
        self.server.add_response(None, 401)
        self.server.add_response({"id": 7})
        auth = self.Rotating("old", "new")
        adapter = self.adapter(_build_request_auth=lambda adapter: auth)
        self.assertEqual(adapter.read(7), {"id": 7})
        sent = [seen.headers["x-key"] for seen in self.server.seen]
        self.assertEqual(sent, ["old", "new"])

    def test_a_request_is_refused_when_there_are_no_others(self):
        self.server.add_response(None, 401)
        auth = self.Rotating("only")
        with self.assertRaises(RemoteRefused):
            self.adapter(_build_request_auth=lambda adapter: auth).read(7)
        self.assertEqual(len(self.server.seen), 1)
