"""External IDs, stored before the job that obtained them commits.

A receipt is started before a record is created in the external system, and completed
with the external ID afterwards, each in a separate transaction. It is deleted when the
job commits. A remaining receipt tells the next job:

* a complete receipt: the record exists, with this external ID;
* a started receipt: the record may exist. The next attempt sends the same idempotency
  key, by which systems that support it recognize the repetition;
* one answered without an ID: the record exists, and has to be looked up.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.modules import module
from odoo.tools import SQL

from ...database import own_transaction


class Receipt(NamedTuple):
    """A started receipt; ``repeated`` if an earlier job started it.

    ``answered``: the record was created, but its ID was not returned.
    """

    id: int
    key: str
    repeated: bool
    answered: bool = False


class ConnectorExportReceipt(models.Model):
    _name = "connector.export.receipt"
    _inherit = "connector.backend.reference"
    _description = "Export Receipt"
    _order = "id desc"

    #: Days for which a failed export can be resumed.
    _kept_days = 90

    binding_model = fields.Char(required=True, readonly=True)
    binding_id = fields.Integer(required=True, readonly=True)
    # A binding created by a failed job is rolled back; the bound record still exists.
    odoo_id = fields.Integer("Odoo ID", readonly=True)
    key = fields.Char(required=True, readonly=True)
    external_id = fields.Json("External ID", readonly=True)

    _binding_idx = models.Index("(binding_model, binding_id)")
    _odoo_idx = models.Index("(binding_model, odoo_id)")

    # In SQL, so that three transactions per record cost little more than their commits.

    @api.model
    def _external_id_of(self, binding, binder) -> Any:
        """Return the external ID of a created record, ``None`` if it was not
        created."""
        # A record bound since then no longer needs the receipt.
        bound_at = binder._bound_at(binding)
        unused = SQL("date_trunc('second', create_date) > %s", bound_at)
        with self._own_transaction() as cr:
            cr.execute(
                SQL(
                    "SELECT external_id FROM connector_export_receipt"
                    " WHERE %s AND external_id->0 != 'null' AND %s"
                    " ORDER BY id DESC LIMIT 1",
                    self._of(binding, binder),
                    unused if bound_at else SQL("true"),
                )
            )
            found = cr.fetchone()
        return found[0][0] if found else None

    @api.model
    def _begin(self, binding, binder) -> Receipt:
        """Store that a record is about to be created in the external system."""
        bound_at = binder._bound_at(binding)
        unused = SQL("date_trunc('second', create_date) >= %s", bound_at)
        with self._own_transaction() as cr:
            cr.execute(
                SQL(
                    "SELECT id, key, external_id IS NOT NULL"
                    " FROM connector_export_receipt"
                    " WHERE %s AND (external_id IS NULL OR external_id->0 = 'null')"
                    " AND %s ORDER BY id DESC LIMIT 1",
                    self._of(binding, binder),
                    unused if bound_at else SQL("true"),
                )
            )
            if begun := cr.fetchone():
                begun_id, key, answered = begun
                return Receipt(begun_id, key, repeated=True, answered=answered)
            key = str(uuid.uuid4())
            cr.execute(
                SQL(
                    "INSERT INTO connector_export_receipt (create_uid, create_date,"
                    " backend_model, backend_id, binding_model, binding_id, odoo_id,"
                    " key) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
                    self.env.uid,
                    cr.now(),
                    binder.backend_record._name,
                    binder.backend_record.id,
                    binding._name,
                    binding.id,
                    self._odoo_id(binding, binder),
                    key,
                )
            )
            return Receipt(cr.fetchone()[0], key, repeated=False)

    @api.model
    def _complete(self, receipt: Receipt, external_id: Any) -> None:
        """Store the external ID; the receipt is deleted with our transaction."""
        self._note_answer(receipt, external_id)
        self.env.cr.postcommit.add(lambda: self._forget(receipt))

    @api.model
    def _note_answer(self, receipt: Receipt, external_id: Any = None) -> None:
        """Store that the record was created; ``None`` if its ID was not returned."""
        with self._own_transaction() as cr:
            cr.execute(
                SQL(
                    "UPDATE connector_export_receipt SET external_id = %s"
                    " WHERE id = %s",
                    # In a list, to distinguish ID 0 from null.
                    Json([external_id]),
                    receipt.id,
                )
            )

    @api.model
    def _forget(self, receipt: Receipt) -> None:
        with self._own_transaction() as cr:
            cr.execute(
                SQL("DELETE FROM connector_export_receipt WHERE id = %s", receipt.id)
            )

    @contextmanager
    def _own_transaction(self):
        """Yield a cursor whose changes persist, even if our transaction is rolled back.

        Tests have only one transaction, unless the registry is in test mode.
        """
        if module.current_test and not getattr(
            module.current_test, "_registry_patched", False
        ):
            yield self.env.cr
            self.invalidate_model()
            return
        with own_transaction(self.env.registry) as cr:
            yield cr

    @staticmethod
    def _odoo_id(binding, binder) -> int | None:
        record = binding[binder._odoo_field] if _binds(binding, binder) else None
        return record.id if record else None

    def _of(self, binding, binder) -> SQL:
        """Return the condition on the receipts of a binding, or of its bound record."""
        same = SQL("binding_id = %s", binding.id)
        if odoo_id := self._odoo_id(binding, binder):
            same = SQL("(%s OR odoo_id = %s)", same, odoo_id)
        return SQL(
            "%s AND binding_model = %s AND backend_model = %s AND backend_id = %s",
            same,
            binding._name,
            binder.backend_record._name,
            binder.backend_record.id,
        )

    @api.autovacuum
    def _vacuum(self) -> None:
        """Delete receipts left by crashes and never resumed."""
        oldest = fields.Datetime.now() - timedelta(days=self._kept_days)
        self.search([("create_date", "<", oldest)]).unlink()


def _binds(binding, binder) -> bool:
    field = binding._fields.get(binder._odoo_field)
    return field is not None and field.type == "many2one"
