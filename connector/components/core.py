"""What every component of a connector has."""

from __future__ import annotations

import random
from typing import Any

from odoo.addons.component.core import AbstractComponent
from odoo.addons.queue_job.exception import RetryableJobError

from ..database import pg_try_advisory_lock
from ..versions import is_more_specific, parse_specifier, serves

__all__ = [
    "AbstractComponent",
    "BaseConnectorComponent",
    "ConnectorUnit",
    "RetryableJobError",
    "pg_try_advisory_lock",
]


class BaseConnectorComponent(AbstractComponent):
    """Base of all the components of connectors.

    A connector makes one of its own, which says what collection (backend) its
    components belong to, and lets all its components inherit it too::

        class CoffeeBase(AbstractComponent):
            _name = "coffee.base"
            _inherit = "base.connector"
            _collection = "coffee.backend"
    """

    _name = "base.connector"

    #: Versions of the backend that the component is made for, like ``">=2,<3"``;
    #: nothing: all of them. Where several components serve the backend's version, the
    #: one with the narrower range is taken.
    _backend_version: str | None = None

    @property
    def backend_record(self):
        """The backend we are working for."""
        return self.work.collection

    def binder_for(self, model=None):
        """Return the binder of a model.

        :param model: name or records of a binding model, ours if nothing is given
        """
        return self.component(usage="binder", model_name=model)

    def advisory_lock_or_retry(
        self, lock: Any, retry_seconds: float | tuple[float, float] = 1
    ) -> None:
        """Take an advisory lock until the end of the transaction, or try again later.

        :param lock: what is locked, usually a text made of the action, the backend,
            the model and the external id
        :param retry_seconds: when to try again. Where many jobs want one lock, a
            ``(least, most)`` pair spreads their tries, as a random time between both
            is taken.
        :raises RetryableJobError: someone else has it. The try does not count: the
            lock goes away with the transaction that holds it, however long that takes.
        """
        if pg_try_advisory_lock(self.env, lock):
            return
        if isinstance(retry_seconds, tuple):
            retry_seconds = random.uniform(*retry_seconds)
        raise RetryableJobError(
            self.env._("%s is locked by another job.", lock),
            seconds=retry_seconds,
            ignore_retry=True,
        )

    @classmethod
    def _complete_component_build(cls):
        super()._complete_component_build()
        if cls._backend_version:
            try:
                parse_specifier(cls._backend_version)
            except ValueError as error:
                raise TypeError(
                    f"Component {cls._name}: _backend_version: {error}"
                ) from error
            # Only here, as lookups take a short cut past components without conditions.
            cls._component_refusal = classmethod(_refuse_version)
            cls._component_precedes = classmethod(_precede_by_version)


def _refuse_version(cls, work) -> str | None:
    """Say why a component does not serve the version of a backend."""
    if not cls._backend_version:
        return None
    version = work.collection._get_backend_version()
    if not version:
        return f"its _backend_version is {cls._backend_version}, the backend has none"
    if not serves(cls._backend_version, version):
        return (
            f"its _backend_version is {cls._backend_version}, "
            f"the backend has version {version}"
        )
    return None


def _precede_by_version(cls, other) -> bool:
    return is_more_specific(
        cls._backend_version, getattr(other, "_backend_version", None)
    )


#: What components were called in the first connectors.
ConnectorUnit = BaseConnectorComponent
