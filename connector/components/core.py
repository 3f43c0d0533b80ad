"""The base component of all connectors."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from odoo.addons.component.core import AbstractComponent
from odoo.addons.queue_job.exception import RetryableJobError

from ..database import pg_try_advisory_lock
from ..versions import is_more_specific, parse_specifier, serves

if TYPE_CHECKING:
    from odoo.models import BaseModel

__all__ = [
    "AbstractComponent",
    "BaseConnectorComponent",
    "ConnectorUnit",
    "RetryableJobError",
    "pg_try_advisory_lock",
]


class BaseConnectorComponent(AbstractComponent):
    """Base of all components of connectors.

    A connector defines its own base component, which sets the collection (backend) of
    its components, and inherits all its components from it::

        class CoffeeBase(AbstractComponent):
            _name = "coffee.base"
            _inherit = "base.connector"
            _collection = "coffee.backend"
    """

    _name = "base.connector"

    #: Backend versions that the component supports, for example ``">=2,<3"``; ``None``:
    #: all. If several components support the version of the backend, the one with the
    #: narrowest range is used.
    _backend_version: str | None = None

    @classmethod
    def _component_precedes(cls, other) -> bool:
        """What a connector defines is preferred to what the library provides."""
        return is_default(other) and not is_default(cls)

    @property
    def _is_declared(self) -> bool:
        """Whether the backend opted in to default components and stricter maps."""
        return getattr(self.backend_record, "_connector_defaults", False) is True

    @property
    def backend_record(self) -> BaseModel:
        """The backend of the work context."""
        return self.work.collection

    def binder_for(self, model: BaseModel | None = None) -> Any:
        """Return the binder of a model.

        :param model: name or records of a binding model; by default that of the work
            context
        """
        return self.component(usage="binder", model_name=model)

    def advisory_lock_or_retry(
        self, lock: Any, retry_seconds: float | tuple[float, float] = 1
    ) -> None:
        """Acquire an advisory lock until the end of the transaction, or retry the job.

        :param lock: what to lock, usually a text built from the action, the backend,
            the model and the external ID
        :param retry_seconds: delay of the retry. If many jobs need the same lock, pass
            a ``(min, max)`` pair: a random delay between the two spreads the retries.
        :raises RetryableJobError: another transaction holds the lock. The attempt is
            not counted: the lock is released with that transaction, however long it
            takes.
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
            # Only if needed: lookups skip these checks for unconditional components.
            cls._component_refusal = classmethod(_refuse_version)
            cls._component_precedes = classmethod(_precede_by_version)


def default_name(collection: str, usage: str) -> str:
    """Return the name of the default component of a backend for a usage."""
    return f"{collection}.default.{usage}"


def is_default(component_class) -> bool:
    """Whether a component is one of those provided for backends that opt in."""
    collection = component_class._collection
    return bool(collection) and component_class._name == default_name(
        collection, component_class._usage
    )


def _refuse_version(cls, work) -> str | None:
    """Return why a component does not support the version of a backend."""
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
    return is_default(other) or is_more_specific(
        cls._backend_version, getattr(other, "_backend_version", None)
    )


#: The name of components in early connectors.
ConnectorUnit = BaseConnectorComponent
