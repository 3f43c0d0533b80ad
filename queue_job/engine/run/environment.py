"""The environment of a job: binds another one, removes what no longer exists."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from odoo import SUPERUSER_ID

if TYPE_CHECKING:
    from odoo.api import Environment

    from ...job import Job


@contextmanager
def bound_to(job: Job, env: Environment) -> Iterator[None]:
    """Bind a job to this environment temporarily."""
    own = job.env
    job._env = env
    try:
        yield
    finally:
        job._env = own


def usable_env(env: Environment) -> Environment:
    """Return the environment of a job without what was removed while it waited.

    From its context an inactive language, and companies that were deleted or that its
    user may no longer access. The system user replaces a deleted user.
    """
    system = env(user=SUPERUSER_ID, context={})
    context = dict(env.context)
    lang = context.get("lang")
    if lang and not system["res.lang"]._get_data(code=lang):
        del context["lang"]
    user = system["res.users"].browse(env.uid).exists()
    if companies := context.get("allowed_company_ids"):
        left = system["res.company"].browse(companies).exists().ids
        if user and not env.su:
            allowed = user._get_company_ids()
            left = [company for company in left if company in allowed]
        context["allowed_company_ids"] = left
        if not left:
            del context["allowed_company_ids"]
    return env(user=user.id or SUPERUSER_ID, context=context)
