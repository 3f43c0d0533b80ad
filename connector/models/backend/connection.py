"""Credentials and connection test of a backend."""

from __future__ import annotations

import logging
from traceback import format_exc
from typing import Any

import psycopg2

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.queue_job.exception import JobError

from ...components.http.redaction import mask
from ...exception import ConnectorException
from ...exceptions_http import RemoteUnavailable

_logger = logging.getLogger(__name__)


class ConnectorBackendMixin(models.AbstractModel):
    _inherit = "connector.backend.mixin"

    _secret_fields = ("password",)
    #: Fields whose change invalidates the result of the last connection test.
    _connection_fields: tuple[str, ...] = ("location", "username", "password")

    # -- changes

    def write(self, vals: dict[str, Any]) -> bool:
        changed = {
            backend: backend._changed_connection(vals)
            for backend in self
            if not {"connection_state"} & set(vals)
        }
        result = super().write(vals)
        for backend, names in changed.items():
            if names:
                backend.sudo().write(
                    {"connection_state": "not_tested", "connection_message": False}
                )
            for name in names.intersection(self._secret_fields):
                label = self._fields[name]._description_string(self.env)
                backend.sudo()._message_log(body=self.env._("%s changed", label))
        return result

    def _changed_connection(self, vals: dict) -> set[str]:
        """Return the connection fields whose value changes."""
        known = self.sudo()
        names = {*self._connection_fields, *self._secret_fields}.intersection(vals)
        return {name for name in names if (known[name] or "") != (vals[name] or "")}

    # -- tests

    def action_test_connection(self) -> dict:
        """Test the connection, and notify the user of the result.

        :raise UserError: the test failed; the reason is stored on the backend
        """
        self.ensure_one()
        self.check_access("write")
        try:
            with self.env.cr.savepoint():
                message = self.with_context(
                    bypass_circuit_breaker=True
                )._check_connection()
        except psycopg2.OperationalError:
            # A concurrent update, which Odoo retries.
            raise
        except Exception as error:
            is_expected = isinstance(error, JobError | ConnectorException | UserError)
            text = mask(str(error)) if is_expected else self._unexpected(error)
            self._record_test_failure(error, text)
            raise UserError(text) from error
        self.write({"connection_state": "connected", "connection_message": message})
        return self._notify(self.env._("Connection successful"), message)

    def _unexpected(self, error: Exception) -> str:
        _logger.info(
            "unexpected error in connection test: backend=%s error=%s",
            self,
            mask(format_exc()),
        )
        return self.env._(
            "The connection test failed unexpectedly: %(error)s. Check the server "
            "log, and report the error to the developer of the connector.",
            error=mask(f"{type(error).__name__}: {error}"),
        )

    def _record_test_failure(self, error: Exception, text: str) -> None:
        """Store why a test failed.

        An outage is not a configuration error: the backend is on hold until it ends.
        """
        breakers = self.env["connector.circuit.breaker"]
        if isinstance(error, RemoteUnavailable) and (
            breakers._get_status(self).state != "closed"
        ):
            self.invalidate_recordset(["circuit_state", "outage_message", "status"])
        else:
            self._record_connection_failure(text)

    def _on_access_denied(self, message):
        self._record_connection_failure(mask(message))
        return super()._on_access_denied(message)
