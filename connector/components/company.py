"""The records available to a backend: shared ones, and those of its company."""

from __future__ import annotations

from odoo import models


def company_domain(backend: models.BaseModel, records: models.BaseModel) -> list:
    """Return the domain of the records of a model that a backend may use.

    Empty if the backend has no company, or the model has no company field.
    """
    company = backend["company_id"] if "company_id" in backend._fields else None
    if not company or not {"company_id", "company_ids"} & set(records._fields):
        return []
    return list(records._check_company_domain(company))
