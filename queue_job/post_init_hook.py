"""Post-install hook; other addons import it from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from odoo.api import Environment


def post_init_hook(env: Environment) -> None:
    """Do nothing.

    The models' ``init``, which runs on installation and on update, creates everything
    the addon needs in the database. The function exists because tests of other addons
    call it.
    """
