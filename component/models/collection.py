from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from odoo import models

from ..core import WorkContext


class Collection(models.AbstractModel):
    """A family of components, usually those that talk to one kind of system.

    A record of a concrete collection (a backend, for instance) is what its
    components work for; its model name is their ``_collection``.
    """

    _name = "collection.base"
    _description = "Base Abstract Collection"

    @contextmanager
    def work_on(self, model_name: str, **kwargs: Any) -> Iterator[WorkContext]:
        """Enter a work context for this record and a model.

        Override it, and call ``super()`` in a ``with``, to give components what
        they share (an open client as keyword, another language) and to clean up.
        Nothing is released here: the work context stays usable after the block.
        Raises ``ValueError`` unless called on one record.
        """
        self.ensure_one()
        yield WorkContext(model_name=model_name, collection=self, **kwargs)
