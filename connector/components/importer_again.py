"""Importing single records that failed before."""

import logging
from typing import Any

from odoo.addons.queue_job.exception import RetryableJobError

from ..exceptions_http import RemoteAccessDenied
from .import_errors import concerns_all_records, reason_of
from .result import SyncResult

_logger = logging.getLogger(__name__)


def import_again(work, external_id: Any) -> str:
    """Import a single record that failed before; return what became of it.

    :param work: work context of its binding model
    """
    importer = work.component(usage="record.importer")
    if not hasattr(importer, "import_one"):
        return importer.run(external_id, force=True)
    run = work.env["connector.sync.run"]._current()
    try:
        with work.env.cr.savepoint():
            result = importer.import_one(external_id, force=True)
    except (RetryableJobError, RemoteAccessDenied):
        # Nothing is wrong with the record.
        raise
    except Exception as error:
        if concerns_all_records(error):
            raise
        _logger.info("%s %s not imported", work.model_name, external_id, exc_info=True)
        result = SyncResult(
            "failed",
            external_id,
            importer.binding,
            reason_of(work.env, error),
            importer.record,
        )
    run._count([result])
    label = work.env["connector.sync.line"]._kind_label(result.kind)
    what = f"{work.model._description} {external_id}: {label}"
    return f"{what} ({result.reason})" if result.reason else what
