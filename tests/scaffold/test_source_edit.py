"""Edits of source change what they must, and are formatted."""

from __future__ import annotations

import pytest

from setup.scaffold.source_edit import (
    add_import,
    add_package_import,
    append_to_manifest,
    append_to_returned_list,
)

FLOWS = """class Tea:
    def _sync_flows(self):
        thé = "é"
        return {}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[]", "[new]"),
        ("[a, b]", "[a, b, new]"),
        ("super()._sync_flows() + [a]", "super()._sync_flows() + [a, new]"),
        ("[a]  # é", "[a, new]  # é"),
        (
            "[\n            a,\n        ]",
            "[\n            a,\n            new,\n        ]",
        ),
        (
            "[\n            a,  # one, two\n            b  # three\n        ]",
            "[\n            a,  # one, two\n            b,  # three\n"
            "            new,\n        ]",
        ),
        (
            "[a,\n                b]",
            "[a,\n                b,\n            new,\n        ]",
        ),
        ("[a" + "a" * 70 + "]", None),
        ("flows", ""),
        ("[a] if self else []", ""),
    ],
)
def test_an_element_is_appended_to_a_returned_list(before, after):
    changed = append_to_returned_list(FLOWS.format(before), "Tea", "_sync_flows", "new")
    if after is None:
        after = f"[\n            {before[1:-1]},\n            new,\n        ]"
    assert changed == (FLOWS.format(after) if after else None)


def test_without_the_method_nothing_is_appended():
    assert append_to_returned_list("class Tea: ...\n", "Tea", "f", "new") is None
    assert append_to_returned_list("flows = []\n", "Tea", "f", "new") is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"depends": ["a"], "data": []}', '{"depends": ["a", "new"], "data": []}'),
        ("{'data': []}", None),
        ("dict(depends=[])", None),
    ],
)
def test_a_dependency_is_appended(before, after):
    assert append_to_manifest(before, "depends", "new") == after


@pytest.mark.parametrize(
    ("before", "module", "name", "after"),
    [
        ("", ".a", "A", "from .a import A\n\n"),
        ("from odoo import models\n", "odoo", "models", "from odoo import models\n"),
        (
            "from odoo import models\n\nx = 1\n",
            *(".a", "A", "from odoo import models\n\nfrom .a import A\n\nx = 1\n"),
        ),
        (
            "from .a import A\nfrom .c import C\n",
            *(".b", "B", "from .a import A\nfrom .b import B\nfrom .c import C\n"),
        ),
        ("from .b import B\n", ".a", "A", "from .a import A\nfrom .b import B\n"),
        ("from .a import b\n", ".a", "A", "from .a import A, b\n"),
        (
            '"""Tea."""\n\nfrom .a import A\n',
            *(
                "odoo.x",
                "X",
                '"""Tea."""\n\nfrom odoo.x import X\n\nfrom .a import A\n',
            ),
        ),
    ],
)
def test_an_import_is_added_in_its_place(before, module, name, after):
    assert add_import(before, module, name) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "from . import new\n"),
        ("\n", "from . import new\n"),
        ("from . import a, new\n", "from . import a, new\n"),
        ("from . import a", "from . import a\nfrom . import new\n"),
        (
            "from . import a\nfrom .a import A\n",
            "from . import a\nfrom . import new\nfrom .a import A\n",
        ),
    ],
)
def test_a_package_imports_a_module_once(before, after):
    assert add_package_import(before, "new") == after
