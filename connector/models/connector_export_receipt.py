"""External ids, written down before the job that got them can commit.

A receipt is begun before a record is created in the other system and completed with the
external id when it was, each in a transaction of its own. It goes away when the job has
committed. What is left tells the next job:

* a complete receipt: the record exists there, under this id;
* one that was begun only: the record may exist there. The next try carries the same
  key, by which systems that know idempotency keys see that it is a repetition.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.modules import module


class Receipt(NamedTuple):
    """A receipt that was begun; ``repeated`` if an earlier job did."""

    id: int
    key: str
    repeated: bool


class ConnectorExportReceipt(models.Model):
    _name = "connector.export.receipt"
    _description = "Receipt of an exported record"
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

    @api.model
    def _external_id_of(self, binding, binder) -> Any:
        """Return the id under which a binding was created, ``None`` if it was not."""
        bound_at = binder._bound_at(binding)
        with self._own_transaction() as receipts:
            for receipt in receipts.search(self._of(binding, binder)):
                begun_at = receipt.create_date.replace(microsecond=0)
                # What was bound since then needed the receipt no longer.
                if receipt.external_id and not (bound_at and bound_at >= begun_at):
                    return receipt.external_id[0]
        return None

    @api.model
    def _begin(self, binding, binder) -> Receipt:
        """Note that a binding is going to be created in the other system."""
        with self._own_transaction() as receipts:
            begun = receipts.search(self._of(binding, binder))
            begun = begun.filtered(lambda receipt: not receipt.external_id)[:1]
            repeated = bool(begun)
            if not begun:
                backend = binder.backend_record
                begun = receipts.create(
                    {
                        "backend_model": backend._name,
                        "backend_id": backend.id,
                        "binding_model": binding._name,
                        "binding_id": binding.id,
                        "odoo_id": self._odoo_id(binding, binder),
                        "key": str(uuid.uuid4()),
                    }
                )
            return Receipt(begun.id, begun.key, repeated)

    @api.model
    def _complete(self, receipt: Receipt, external_id: Any) -> None:
        """Note the external id; the receipt ends with our transaction."""
        with self._own_transaction() as receipts:
            # In a list, as 0 is an id and an empty value of the field is not.
            receipts.browse(receipt.id).external_id = [external_id]
        self.env.cr.postcommit.add(lambda: self._forget(receipt))

    @api.model
    def _forget(self, receipt: Receipt) -> None:
        with self._own_transaction() as receipts:
            receipts.browse(receipt.id).exists().unlink()

    @contextmanager
    def _own_transaction(self):
        """Give receipts whose changes are there to stay, whatever we do then.

        Tests have one transaction only, unless the registry is in test mode.
        """
        if module.current_test and not getattr(
            module.current_test, "_registry_patched", False
        ):
            yield self.sudo()
            return
        with self.env.registry.cursor() as cr:
            yield self.with_env(self.env(cr=cr)).sudo()

    @staticmethod
    def _odoo_id(binding, binder) -> int | bool:
        record = binding[binder._odoo_field] if _binds(binding, binder) else False
        return record and record.id

    def _of(self, binding, binder) -> Domain:
        backend = binder.backend_record
        same = Domain("binding_id", "=", binding.id)
        if odoo_id := self._odoo_id(binding, binder):
            same |= Domain("odoo_id", "=", odoo_id)
        return same & Domain(
            [
                ("backend_model", "=", backend._name),
                ("backend_id", "=", backend.id),
                ("binding_model", "=", binding._name),
            ]
        )

    @api.autovacuum
    def _vacuum(self) -> None:
        """Delete what crashes left behind and nobody tried again."""
        oldest = fields.Datetime.now() - timedelta(days=self._kept_days)
        self.search([("create_date", "<", oldest)]).unlink()


def _binds(binding, binder) -> bool:
    field = binding._fields.get(binder._odoo_field)
    return field is not None and field.type == "many2one"
