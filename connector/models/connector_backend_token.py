"""Access tokens of backends, of all processes, see ``components.rest.tokens``."""

from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

_NOW = SQL("clock_timestamp() AT TIME ZONE 'UTC'")
# Seconds to wait for a login that another process makes; the job comes again then.
_LONGEST_LOGIN = 60
# Days after which the token of credentials that nobody uses any more is forgotten.
_KEPT_DAYS = 30


class ConnectorBackendToken(models.Model):
    _name = "connector.backend.token"
    _description = "Backend Access Token"
    _log_access = False

    backend_model = fields.Char(required=True)
    backend_id = fields.Many2oneReference(model_field="backend_model", required=True)
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
    def _look(
        self, backend_model: str, backend_id: int, fingerprint: str, refused: str | None
    ) -> tuple[str, float | None] | None:
        """Return the token and the seconds until it has to be renewed, if it is good.

        :param refused: a token that was not accepted
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT token, EXTRACT(EPOCH FROM renew_at - %(now)s)::float
                  FROM connector_backend_token
                 WHERE %(login)s AND token IS DISTINCT FROM %(refused)s
                   AND token IS NOT NULL AND COALESCE(renew_at > %(now)s, true)
                """,
                now=_NOW,
                login=self._of(backend_model, backend_id, fingerprint),
                refused=refused,
            )
        )
        return self.env.cr.fetchone()

    @api.model
    def _lock(self, backend_model: str, backend_id: int, fingerprint: str) -> int:
        """Return the id of the row of a login, made if there was none, locked.

        :raise psycopg2.errors.LockNotAvailable: who has it takes too long
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
    def _refresh_token(self, row: int) -> str | None:
        self.env.cr.execute(
            SQL("SELECT refresh_token FROM connector_backend_token WHERE id = %s", row)
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _refusal(self, row: int, seconds: float) -> str | None:
        """Return why the login was refused in the last ``seconds``, if it was."""
        self.env.cr.execute(
            SQL(
                "SELECT refusal FROM connector_backend_token WHERE id = %s"
                " AND refused_at > %s - %s * interval '1 second'",
                row,
                _NOW,
                seconds,
            )
        )
        found = self.env.cr.fetchone()
        return found and found[0]

    @api.model
    def _keep(
        self, row: int, token: str, lasts: float | None, refresh_token: str | None
    ) -> None:
        """Keep what a login gave.

        :param refresh_token: none: the one before stays good
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
                now=_NOW,
                id=row,
            )
        )

    @api.model
    def _refuse(self, row: int, reason: str) -> None:
        """Remember that the login was refused, and why."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE connector_backend_token
                   SET token = NULL, refusal = %(reason)s, refused_at = %(now)s,
                       changed_at = %(now)s
                 WHERE id = %(id)s
                """,
                reason=reason,
                now=_NOW,
                id=row,
            )
        )

    @api.model
    def _forget(self, backend_model: str, backend_id: int, fingerprint: str) -> None:
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
        """Forget the tokens of credentials that were changed."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM connector_backend_token"
                " WHERE changed_at < %s - %s * interval '1 day'"
                " AND COALESCE(renew_at < %s, true)",
                _NOW,
                _KEPT_DAYS,
                _NOW,
            )
        )
