"""Access tokens of backends, shared by all processes, see
``components.http.tokens``."""

from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

from ...database import UTC_NOW

# Seconds to wait for a login of another process; then the job is retried.
_LONGEST_LOGIN = 60
# Days after which the token of unused credentials is deleted.
_KEPT_DAYS = 30


class ConnectorBackendToken(models.Model):
    _name = "connector.backend.token"
    _inherit = "connector.backend.reference"
    _description = "Backend Access Token"
    _log_access = False

    fingerprint = fields.Char(
        required=True, help="Hash of the location and the credentials."
    )
    token = fields.Char(groups="base.group_system", exportable=False)
    refresh_token = fields.Char(groups="base.group_system", exportable=False)
    renew_at = fields.Datetime(
        help="When to request a new token. Empty: only when this one is rejected."
    )
    changed_at = fields.Datetime()
    refusal = fields.Text(
        "Rejection Reason", help="Reason why the last login was rejected."
    )
    refused_at = fields.Datetime("Rejected At")

    _one_per_login = models.Constraint(
        "UNIQUE (backend_model, backend_id, fingerprint)",
        "There can be only one token for each login of a backend.",
    )

    @api.model
    def _get_valid(
        self, backend_model: str, backend_id: int, fingerprint: str, refused: str | None
    ) -> tuple[str, float | None] | None:
        """Return the token, if valid, and the seconds until it must be renewed.

        :param refused: a token that was rejected
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT token, EXTRACT(EPOCH FROM renew_at - %(now)s)::float
                  FROM connector_backend_token
                 WHERE %(login)s AND token IS DISTINCT FROM %(refused)s
                   AND token IS NOT NULL AND COALESCE(renew_at > %(now)s, true)
                """,
                now=UTC_NOW,
                login=self._of(backend_model, backend_id, fingerprint),
                refused=refused,
            )
        )
        return self.env.cr.fetchone()

    @api.model
    def _lock(self, backend_model: str, backend_id: int, fingerprint: str) -> int:
        """Return the ID of the locked row of a login, created if missing.

        :raise psycopg2.errors.LockNotAvailable: the row is locked for too long
        """
        self.env.cr.execute(SQL("SET LOCAL lock_timeout = %s", f"{_LONGEST_LOGIN}s"))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO connector_backend_token
                       (backend_model, backend_id, fingerprint)
                VALUES (%s, %s, %s)
                ON CONFLICT (backend_model, backend_id, fingerprint) DO NOTHING
                """,
                backend_model,
                backend_id,
                fingerprint,
            ),
            log_exceptions=False,
        )
        self.env.cr.execute(
            SQL(
                "SELECT id FROM connector_backend_token WHERE %s FOR UPDATE",
                self._of(backend_model, backend_id, fingerprint),
            ),
            log_exceptions=False,
        )
        (row,) = self.env.cr.fetchone()
        return row

    @api.model
    def _get_refresh_token(self, row: int) -> str | None:
        self.env.cr.execute(
            SQL("SELECT refresh_token FROM connector_backend_token WHERE id = %s", row)
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _get_refusal(self, row: int, seconds: float) -> str | None:
        """Return why the login was rejected in the last ``seconds``, if it was."""
        self.env.cr.execute(
            SQL(
                "SELECT refusal FROM connector_backend_token WHERE id = %s"
                " AND refused_at > %s - %s * interval '1 second'",
                row,
                UTC_NOW,
                seconds,
            )
        )
        found = self.env.cr.fetchone()
        return found and found[0]

    @api.model
    def _store(
        self, row: int, token: str, lasts: float | None, refresh_token: str | None
    ) -> None:
        """Store the result of a login.

        :param refresh_token: ``None``: the previous one stays valid
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE connector_backend_token
                   SET token = %(token)s, refusal = NULL, refused_at = NULL,
                       refresh_token = NULLIF(COALESCE(%(next)s, refresh_token), ''),
                       renew_at = %(now)s + %(lasts)s * interval '1 second',
                       changed_at = %(now)s
                 WHERE id = %(id)s
                """,
                token=token,
                next=refresh_token,
                lasts=lasts,
                now=UTC_NOW,
                id=row,
            )
        )

    @api.model
    def _store_refusal(self, row: int, reason: str) -> None:
        """Store that the login was rejected, and why."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE connector_backend_token
                   SET token = NULL, refusal = %(reason)s, refused_at = %(now)s,
                       changed_at = %(now)s
                 WHERE id = %(id)s
                """,
                reason=reason,
                now=UTC_NOW,
                id=row,
            )
        )

    @api.model
    def _delete(self, backend_model: str, backend_id: int, fingerprint: str) -> None:
        self.env.cr.execute(
            SQL(
                "DELETE FROM connector_backend_token WHERE %s",
                self._of(backend_model, backend_id, fingerprint),
            )
        )

    def _of(self, backend_model: str, backend_id: int, fingerprint: str) -> SQL:
        return SQL(
            "backend_model = %s AND backend_id = %s AND fingerprint = %s",
            backend_model,
            backend_id,
            fingerprint,
        )

    @api.autovacuum
    def _gc_unused(self) -> None:
        """Delete the tokens of former credentials."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM connector_backend_token"
                " WHERE changed_at < %s - %s * interval '1 day'"
                " AND COALESCE(renew_at < %s, true)",
                UTC_NOW,
                _KEPT_DAYS,
                UTC_NOW,
            )
        )
