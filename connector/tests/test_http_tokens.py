"""One token per backend, stored in the database for all processes."""

from odoo.addons.connector.components.http.auth import (
    LoginAuth,
    NoAuth,
    Token,
    client_credentials,
    refresh_grant,
)
from odoo.addons.connector.components.http.session import _pool
from odoo.addons.connector.exceptions_http import (
    RemoteAccessDenied,
    RemoteUnavailable,
)

from .fake_api import FakeApi
from .fake_habits import Habits
from .rest_common import RestCase

PATH = "/api/things"
LOGIN = "/oauth/token"


class TestTokens(RestCase):
    def serve(self, **habits):
        self.server = self.enterContext(
            FakeApi(PATH, login=LOGIN, habits=Habits(**habits))
        )
        self.backend.location = self.server.url
        self.backend.username = self.server.username
        self.backend.password = self.server.password
        self.server.add(PATH, name="one")
        return self.adapter(_build_request_auth=self.auth)

    @staticmethod
    def auth(adapter):
        def fetch(form):
            return adapter.call("POST", LOGIN, data=form, auth=NoAuth())

        client = adapter._credentials()
        return LoginAuth(
            adapter.session,
            adapter._login_once(client_credentials(fetch, *client)),
            refresh=adapter._login_once(refresh_grant(fetch, *client)),
        )

    def in_another_process(self):
        """Clear the state of this process."""
        _pool.clear()

    def logins(self, grant=None):
        return sum(
            seen.path == LOGIN and (grant or "").encode() in seen.body
            for seen in self.server.seen
        )

    def test_another_process_uses_the_same_token(self):
        adapter = self.serve(oauth=True)
        adapter.read(1)
        self.in_another_process()
        adapter.read(1)
        self.assertEqual(self.logins(), 1)

    def test_other_credentials_have_another_token(self):
        adapter = self.serve(oauth=True)
        adapter.read(1)
        self.server.password = self.backend.password = "changed-since"
        adapter.read(1)
        self.assertEqual(self.logins("client_credentials"), 2)

    def test_a_token_that_another_process_renewed_is_used(self):
        adapter = self.serve(oauth=True, one_token=True)
        adapter.read(1)
        old = adapter.session
        self.in_another_process()
        adapter.session.tokens.refuse(old.tokens._token)
        adapter.read(1)
        self.assertEqual(self.logins(), 2)
        # The first process holds the token that is no longer valid.
        self.assertNotIn(old.tokens._token, self.server._logins.tokens())
        old.tokens.refuse(old.tokens._token)
        self.assertIn(old.tokens.get(self.no_login), self.server._logins.tokens())

    def no_login(self, refresh_token):
        raise ValueError("no login was needed")

    def test_seconds_as_a_text_are_understood(self):
        adapter = self.serve(oauth=True, text_seconds=True, token_seconds=0.2)
        adapter.read(1)
        tokens = adapter.session.tokens
        self.assertLess(tokens._until, float("inf"))
        for lifetime in ("3600", "3600.0", 3600, 3600.0):
            self.assertEqual(Token("x", lifetime).lasts, 3595)
        for lifetime in (None, "", "never", "nan", 0, -1):
            self.assertEqual(Token("x", lifetime).lasts, None)

    def test_a_refresh_token_is_used_once_and_its_successor_kept(self):
        adapter = self.serve(oauth=True)
        for _again in range(3):
            adapter.read(1)
            self.server.fail("denied")
            self.in_another_process()
        adapter.read(1)
        self.assertEqual(self.logins("client_credentials"), 1)
        self.assertEqual(self.logins("refresh_token"), 3)
        self.assertFalse(self.server.refused)

    def test_a_refresh_token_that_was_lost_is_replaced_by_a_login(self):
        adapter = self.serve(oauth=True)
        adapter.read(1)
        self.server._logins._refresh.clear()
        self.server.fail("denied")
        adapter.read(1)
        self.assertEqual(self.logins("client_credentials"), 2)

    def test_a_refused_login_is_remembered_for_all_processes(self):
        adapter = self.serve(oauth=True)
        self.backend.password = "wrong-password"
        for _job in range(5):
            with self.assertRaisesRegex(RemoteAccessDenied, "invalid_client"):
                adapter.read(1)
            self.in_another_process()
        self.assertEqual(self.logins(), 1)
        self.backend.password = self.server.password
        adapter.read(1)

    def test_a_person_may_try_a_refused_login_again(self):
        adapter = self.serve(oauth=True)
        self.server.password = "set-later"
        with self.assertRaises(RemoteAccessDenied):
            adapter.read(1)
        self.server.password = self.backend.password
        person = self.adapter(
            {"bypass_circuit_breaker": True}, _build_request_auth=self.auth
        )
        person.read(1)
        self.in_another_process()
        self.adapter(_build_request_auth=self.auth).read(1)

    def test_whatever_refuses_a_login_is_an_error_of_the_login(self):
        for status, body in ((404, {}), (422, {}), (405, {}), (200, {"ok": False})):
            adapter = self.serve(oauth=True)
            self.server.add_response(body, status)
            with self.assertRaises(RemoteAccessDenied) as caught:
                adapter.read(1)
            self.assertIn("login", str(caught.exception).lower())
            self.server.add_response(body, status)
            with self.assertRaises(RemoteAccessDenied):
                adapter.read(1)
            self.assertEqual(len(self.server.seen), 1, status)

    def test_a_login_that_cannot_be_reached_is_tried_again_later(self):
        adapter = self.serve(oauth=True)
        self.server.fail("error", path=LOGIN)
        with self.assertRaises(RemoteUnavailable):
            adapter.read(1)
        adapter.read(1)

    def test_a_login_that_needs_a_login_says_so(self):
        adapter = self.serve(oauth=True)
        adapter._build_request_auth = lambda: LoginAuth(
            adapter.session, lambda: Token(adapter.call("POST", LOGIN))
        )
        with self.assertRaisesRegex(RuntimeError, "NoAuth"):
            adapter.read(1)

    def test_nobody_may_read_tokens(self):
        adapter = self.serve(oauth=True)
        adapter.read(1)
        admin = self.env.ref("base.user_admin")
        tokens = self.env["connector.backend.token"].with_user(admin)
        for operation in ("read", "write", "create", "unlink"):
            self.assertFalse(tokens.has_access(operation))
