"""Records that data files of addons create although they exist already."""

from odoo.models import BaseModel


def update_from_data(record: BaseModel, vals: dict) -> None:
    """Write the values of a data file, unless the record is noupdate."""
    xmlids = (
        record.env["ir.model.data"]
        .sudo()
        .search([("model", "=", record._name), ("res_id", "=", record.id)])
    )
    if not any(xmlids.mapped("noupdate")):
        record.write(vals)
