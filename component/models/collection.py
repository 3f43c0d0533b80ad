from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from odoo import models

from ..core import WorkContext


class Collection(models.AbstractModel):
    """A group of components, usually those for one kind of external system.

    Components work for a record of a concrete collection (for instance a backend),
    and name its model in their ``_collection``.
    """

    _name = "collection.base"
    _description = "Base Abstract Collection"

    @contextmanager
    def work_on(self, model_name: str, **kwargs: Any) -> Iterator[WorkContext]:
        """Enter a work context for this record and a model.

        Override it, calling ``super()`` in a ``with`` statement, to share something
        among components (an open client, another language) and to clean it up.
        The work context stays usable after the block.

        :param model_name: model the components work on
        :param kwargs: extra attributes of the work context
        :raises ValueError: not called on a single record
        """
        self.ensure_one()
        yield WorkContext(model_name=model_name, collection=self, **kwargs)
