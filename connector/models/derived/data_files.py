"""The records that an addon defines in its own data files."""

from __future__ import annotations

from lxml import etree

from odoo.modules import Manifest
from odoo.tools import file_open, str2bool


def own_records(module: str) -> dict[str, bool]:
    """Return the names of the records defined in XML files, and whether they are
    ``noupdate``.

    Records in CSV files are not included: they are always updated.
    """
    manifest = Manifest.for_addon(module)
    found = {}
    for name in manifest["data"] if manifest else ():
        if not name.endswith(".xml"):
            continue
        with file_open(f"{module}/{name}", "rb") as file:
            root = etree.parse(file).getroot()
        for node in root.iter("record", "menuitem"):
            if node.get("id"):
                found[node.get("id").removeprefix(f"{module}.")] = _is_noupdate(node)
    return found


def _is_noupdate(node: etree._Element) -> bool:
    flags = [parent.get("noupdate") for parent in node.iterancestors()]
    return next((str2bool(flag) for flag in flags if flag), False)
