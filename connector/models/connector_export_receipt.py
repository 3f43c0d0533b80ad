"""External ids, written down before the job that got them can commit.

A receipt is begun before a record is created in the other system and completed with the
external id when it was, each in a transaction of its own. It goes away when the job has
committed. What is left tells the next job:

* a complete receipt: the record exists there, under this id;
* one that was begun only: the record may exist there. The next try carries the same
  key, by which systems that know idempotency keys see that it is a repetition;
* one that was answered without an id: the record exists there, and has to be found.
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


class Receipt(NamedTuple):
    """A receipt that was begun; ``repeated`` if an earlier job did.

    ``answered``: the record was created, without telling its id.
    """

    id: int
    key: str
    repeated: bool
    answered: bool = False


class ConnectorExportReceipt(models.Model):
    _name = "connector.export.receipt"
    _description = "Export Receipt"
    _order = "id desc"

    #: For how many days a failed export can be taken up again.
    _kept_days = 90

    backend_model = fields.Char(required=True, readonly=True)
    backend_id = fields.Integer(required=True, readonly=True)
    binding_model = fields.Char(required=True, readonly=True)
    binding_id = fields.Integer(required=True, readonly=True)
    # A binding made by a job that failed is gone with it; what it bound is not.
    odoo_id = fields.Integer(readonly=True)
    key = fields.Char(required=True, readonly=True)
    external_id = fields.Json(readonly=True)

    _binding_idx = models.Index("(binding_model, binding_id)")
    _odoo_idx = models.Index("(binding_model, odoo_id)")

    # In SQL, as three transactions a record are to cost little more than their commits.

    @api.model
    def _external_id_of(self, binding, binder) -> Any:
        """Return the id under which a binding was created, ``None`` if it was not."""
        # What was bound since then needed the receipt no longer.
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
        """Note that a binding is going to be created in the other system."""
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
        """Note the external id; the receipt ends with our transaction."""
        self._note_answer(receipt, external_id)
        self.env.cr.postcommit.add(lambda: self._forget(receipt))

    @api.model
    def _note_answer(self, receipt: Receipt, external_id: Any = None) -> None:
        """Note that the record was created, ``None`` where its id was not told."""
        with self._own_transaction() as cr:
            cr.execute(
                SQL(
                    "UPDATE connector_export_receipt SET external_id = %s"
                    " WHERE id = %s",
                    # In a list, as 0 is an id and JSON's null is none.
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
        """Give a cursor whose changes are there to stay, whatever we do then.

        Tests have one transaction only, unless the registry is in test mode.
        """
        if module.current_test and not getattr(
            module.current_test, "_registry_patched", False
        ):
            yield self.env.cr
            self.invalidate_model()
            return
        with self.env.registry.cursor() as cr:
            yield cr

    @staticmethod
    def _odoo_id(binding, binder) -> int | None:
        record = binding[binder._odoo_field] if _binds(binding, binder) else None
        return record.id if record else None

    def _of(self, binding, binder) -> SQL:
        """Return the condition on the receipts of a binding, or of what it binds."""
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
        """Delete what crashes left behind and nobody tried again."""
        oldest = fields.Datetime.now() - timedelta(days=self._kept_days)
        self.search([("create_date", "<", oldest)]).unlink()


def _binds(binding, binder) -> bool:
    field = binding._fields.get(binder._odoo_field)
    return field is not None and field.type == "many2one"
