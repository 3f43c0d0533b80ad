"""A Python that Odoo does not run on is refused in one line."""

from __future__ import annotations

import ast

import pytest

from setup import paths
from setup.__main__ import refusal


@pytest.mark.parametrize("version", [(2, 7), (3, 9), (3, 14)])
def test_a_python_that_odoo_does_not_run_on_is_refused(
    version: tuple[int, int],
) -> None:
    message = refusal(version)
    assert message is not None
    assert ".".join(map(str, version)) in message
    assert "PYTHON=" in message


@pytest.mark.parametrize("version", [(3, 10), (3, 11), (3, 12), (3, 13)])
def test_the_pythons_of_odoo_19_are_accepted(version: tuple[int, int]) -> None:
    assert refusal(version) is None


@pytest.mark.parametrize("name", ["__init__.py", "__main__.py"])
def test_old_pythons_can_read_the_files_that_refuse_them(name: str) -> None:
    source = (paths.CHECKOUT / "setup" / name).read_text()
    ast.parse(source, feature_version=(3, 6))
