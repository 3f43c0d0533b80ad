"""Helpers for tests of components, for this addon and for all others."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import closing, contextmanager

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import common

from ..core import (
    ComponentRegistry,
    MetaComponent,
    _component_databases,
    _get_addon_name,
)


@contextmanager
def new_rollbacked_env() -> Iterator[api.Environment]:
    """Enter a superuser environment with its own cursor, always rolled back."""
    registry = Registry(common.get_db_name())
    with closing(registry.cursor()) as cr:
        try:
            yield api.Environment(cr, SUPERUSER_ID, {})
        finally:
            cr.rollback()


class ComponentMixin:
    """Gives a test class the components of the installed addons and of its own.

    Useful where Odoo runs the tests of an addon before the end of its installation,
    when its components are not built yet.
    """

    @classmethod
    def setUpComponent(cls) -> None:
        """Rebuild the components of the database, and restore them after the class."""
        with new_rollbacked_env() as env:
            dbname = env.cr.dbname
            former = _component_databases.get(dbname)
            if hasattr(cls, "addClassCleanup"):
                cls.addClassCleanup(_restore, dbname, former)
            builder = env["component.builder"]
            cls._components_registry = builder._init_global_registry()
            builder.build_registry(cls._components_registry, states=("installed",))
            builder.load_components(
                _get_addon_name(cls.__module__),
                components_registry=cls._components_registry,
            )
        if getattr(cls, "env", None) is not None:
            cls.env = cls.env(
                context=dict(
                    cls.env.context, components_registry=cls._components_registry
                )
            )

    def setUpComponentRegistryReady(self) -> None:
        """Let events flow during one test."""
        self._components_registry.ready = True
        self.addCleanup(setattr, self._components_registry, "ready", False)


def _restore(dbname: str, former: ComponentRegistry | None) -> None:
    if former is None:
        _component_databases.pop(dbname, None)
    else:
        _component_databases[dbname] = former


class TransactionComponentCase(common.TransactionCase, ComponentMixin):
    """``TransactionCase`` with the components of the database."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.setUpComponent()

    def setUp(self) -> None:
        super().setUp()
        self.setUpComponentRegistryReady()


class ComponentRegistryCase:
    """A private registry, without the components of the addon under test.

    Not a test case: mix it in, call ``_setup_registry`` in ``setUp`` (or
    ``setUpClass``) and ``_teardown_registry`` in ``tearDown``. Components are then
    declared inside the tests and built with ``_build_components``.
    """

    @staticmethod
    def _setup_registry(class_or_instance: type | ComponentRegistryCase) -> None:
        class_or_instance._original_components = copy.deepcopy(
            MetaComponent._modules_components
        )
        registry = class_or_instance.comp_registry = ComponentRegistry()
        registry.load_components("component")
        with new_rollbacked_env() as env:
            env["component.builder"].build_registry(
                registry,
                states=("installed",),
                exclude_addons=[_get_addon_name(class_or_instance.__module__)],
            )
        registry.ready = True
        if getattr(class_or_instance, "env", None) is not None:
            class_or_instance.env = class_or_instance.env(
                context=dict(
                    class_or_instance.env.context, components_registry=registry
                )
            )

    @staticmethod
    def _teardown_registry(class_or_instance: type | ComponentRegistryCase) -> None:
        MetaComponent._modules_components = class_or_instance._original_components

    # plain functions: tests also call them from class level, with the class as self
    def _load_module_components(self, module: str) -> None:
        self.comp_registry.load_components(module)

    def _build_components(self, *classes: type) -> None:
        for declared in classes:
            declared._build_component(self.comp_registry)


class TransactionComponentRegistryCase(common.TransactionCase, ComponentRegistryCase):
    """``TransactionCase`` with a collection, for tests with a private registry."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.collection = cls.env["collection.base"]


SavepointComponentCase = TransactionComponentCase
SavepointComponentRegistryCase = TransactionComponentRegistryCase
