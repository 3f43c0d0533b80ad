"""When writing rows with SQL is the same as writing them with the ORM.

Other addons may extend ``queue.job``: override ``create`` or ``write``, add fields with
defaults, constraints, automation. As soon as one of them would miss a change, jobs are
stored through the ORM. What is asked here is asked of the classes as they are now, so
a method that a test replaced counts too.
"""

from .states import FAILED

#: Addons whose ``create`` and ``write`` have nothing to do for a job's row.
_NEUTRAL_ADDONS = {"base", "mail", "queue_job"}


def create_is_plain(model) -> bool:
    """Tell whether nobody would notice rows made by INSERT."""
    return (
        _is_neutral(model, "create")
        and _is_neutral(model, "_create")
        and not model._has_foreign_fields()
    )


def job_is_plain(job_class) -> bool:
    """Tell whether the values of a row are made as in :mod:`.storage`."""
    return job_class._store_values.__module__ == f"{__package__}.storage"


def write_is_plain(record, values: dict) -> bool:
    """Tell whether nobody would notice ``values`` set by UPDATE.

    A failure is announced and a changed error message is tracked by the chatter, so
    these always go through the ORM.
    """
    return (
        values.get("state") != FAILED
        and "exc_message" not in values
        and _is_neutral(record, "write")
        and _is_neutral(record, "_write")
        and not record._has_foreign_dependents()
        and all(
            name in record._fields and record._fields[name].column_type
            for name in values
        )
    )


def _is_neutral(model, method_name: str) -> bool:
    neutral = _NEUTRAL_ADDONS | model._neutral_addons()
    for cls in type(model).__mro__:
        method = cls.__dict__.get(method_name)
        if method is None:
            continue
        module = getattr(method, "__module__", None) or ""
        if module.startswith("odoo.addons."):
            if module.split(".")[2] not in neutral:
                return False
        elif not module.startswith(("odoo.orm.", "odoo.models")):
            return False
    return True
