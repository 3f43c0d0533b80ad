"""Helpers for the tests of connectors.

A test of a connector usually is::

    class TestExport(ConnectorCase):
        @classmethod
        def setUpClass(cls):
            super().setUpClass()
            cls.backend = cls.env["coffee.backend"].create({...})

        def test_a_new_badge_is_created_on_the_machine(self):
            system = self.fake_adapter(self.backend, "coffee.res.partner")
            partner = self.env["res.partner"].create({"name": "Ada"})
            binding = self.bind(self.backend, "coffee.res.partner", partner)
            binding.export_record()
            self.assertEqual(system.records[binding.external_id]["name"], "Ada")
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from odoo import models

from odoo.addons.component.core import Component
from odoo.addons.component.tests.common import TransactionComponentCase

from ..exception import IDMissingInBackend
from .contract_export import ExportContract
from .contract_import import ImportContract
from .contract_webhook import WebhookContract
from .fake_api import FakeApi
from .fake_habits import Habits
from .fake_xmlrpc import FakeXmlRpc
from .recording import Records
from .running_jobs import RunsJobs

__all__ = [
    "ConnectorCase",
    "ExportContract",
    "FakeAdapter",
    "FakeApi",
    "FakeSystem",
    "FakeXmlRpc",
    "Habits",
    "ImportContract",
    "WebhookContract",
]


class FakeSystem:
    """The external system of a test, in memory.

    ``records``
        external ID -> data
    ``calls``
        the requests: ``("create", data)``, ``("write", external_id, data)``...
    ``errors``
        raised by the next calls, one each, after their work is done, as if the response
        was lost
    """

    def __init__(self, records: dict[Any, dict] | None = None):
        self.records = dict(records or {})
        self.calls: list[tuple] = []
        self.errors: list[Exception] = []
        self._last_id = 0

    def _respond(self, response: Any, *call: Any) -> Any:
        self.calls.append(call)
        if self.errors:
            raise self.errors.pop(0)
        return response

    def _record(self, external_id: Any) -> dict:
        if external_id not in self.records:
            raise IDMissingInBackend(
                f"{external_id!r} does not exist in the external system"
            )
        return self.records[external_id]

    def search(self, filters: dict | None = None) -> list:
        return self._respond(list(self.records), "search", filters)

    def read(self, external_id: Any) -> dict:
        data = {"id": external_id, **self._record(external_id)}
        return self._respond(data, "read", external_id)

    def search_read(self, filters: dict | None = None) -> list[dict]:
        found = [{"id": key, **data} for key, data in self.records.items()]
        return self._respond(found, "search_read", filters)

    def create(self, data: dict) -> str:
        self._last_id += 1
        external_id = f"new-{self._last_id}"
        self.records[external_id] = dict(data)
        return self._respond(external_id, "create", data)

    def write(self, external_id: Any, data: dict) -> None:
        self._record(external_id).update(data)
        self._respond(None, "write", external_id, data)

    def delete(self, external_id: Any) -> None:
        self._record(external_id)
        del self.records[external_id]
        self._respond(None, "delete", external_id)


class FakeAdapter(Component):
    """Replaces the connector's adapter, see ``ConnectorCase.fake_adapter``."""

    _name = "fake.adapter"
    _inherit = "base.backend.adapter.crud"

    system: FakeSystem

    @classmethod
    def _component_precedes(cls, other: type) -> bool:
        return cls is not other

    def search(self, *args, **kwargs):
        return self.system.search(*args, **kwargs)

    def read(self, *args, **kwargs):
        return self.system.read(*args, **kwargs)

    def search_read(self, *args, **kwargs):
        return self.system.search_read(*args, **kwargs)

    def create(self, *args, **kwargs):
        return self.system.create(*args, **kwargs)

    def write(self, *args, **kwargs):
        return self.system.write(*args, **kwargs)

    def delete(self, *args, **kwargs):
        return self.system.delete(*args, **kwargs)


class ConnectorCase(Records, RunsJobs, TransactionComponentCase):
    """Base of tests with records; components and events are active."""

    @contextmanager
    def work_on(self, backend: models.BaseModel, model_name: str) -> Iterator[Any]:
        """Yield the work context of a backend for a model."""
        with backend.with_env(self.env).work_on(model_name) as work:
            yield work

    def bind(
        self,
        backend: models.BaseModel,
        binding_model: str,
        record: models.BaseModel,
        external_id: Any = None,
        **values: Any,
    ) -> models.BaseModel:
        """Bind a record to a backend, without exporting it.

        :param external_id: ``None`` for a record that was not exported yet
        :param values: further fields of the binding
        """
        with self.work_on(backend, binding_model) as work:
            binder = work.component(usage="binder")
            binding = work.model.with_context(connector_no_export=True).create(
                {
                    binder._odoo_field: record.id,
                    binder._backend_field: backend.id,
                    **values,
                }
            )
            if external_id is not None:
                binder.bind(external_id, binding)
        return binding.with_env(self.env)

    def fake_adapter(
        self,
        backend: models.BaseModel,
        model_name: str,
        records: dict[Any, dict] | None = None,
    ) -> FakeSystem:
        """Connect a model of a backend to an in-memory system, for this test.

        :param records: initial records, by external ID
        """
        registry = self._components_registry
        declared = type(Component)(
            "FakeAdapter",
            (FakeAdapter,),
            {
                "__module__": __name__,
                "_name": f"fake.adapter.{model_name}",
                "_collection": backend._name,
                "_apply_on": model_name,
                "system": FakeSystem(records),
            },
        )
        declared._build_component(registry)
        registry._cache.clear()
        self.addCleanup(registry._cache.clear)
        self.addCleanup(registry._components.pop, declared._name)
        return declared.system

    def assert_imported_as(
        self,
        backend: models.BaseModel,
        model_name: str,
        record: dict,
        expected: dict,
        **options: Any,
    ) -> None:
        """Check the values that the import mapper of a model returns.

        :param options: as ``for_create``
        """
        self._assert_mapped(
            "import.mapper", backend, model_name, record, expected, options
        )

    def assert_exported_as(
        self,
        backend: models.BaseModel,
        binding: models.BaseModel,
        expected: dict,
        **options: Any,
    ) -> None:
        """Check the values that the export mapper returns for a binding.

        :param options: as ``for_create`` or ``fields``
        """
        self._assert_mapped(
            "export.mapper", backend, binding._name, binding, expected, options
        )

    def _assert_mapped(self, usage, backend, model_name, record, expected, options):
        with self.work_on(backend, model_name) as work:
            mapper = work.component(usage=usage)
            self.assertEqual(mapper.map_record(record).values(**options), expected)
