"""The guides and the addons' pages can be built, and their code is code."""

import ast
import re
import subprocess
import sys

import pytest

from setup import addons, paths

PAGES = [
    *sorted((paths.CHECKOUT / "docs").rglob("*.md")),
    *(
        page
        for addon in addons.in_folder(paths.CHECKOUT).values()
        for page in sorted((addon.folder / "readme").glob("*.md"))
    ),
]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_guides_build_without_a_warning(tmp_path):
    done = subprocess.run(
        [
            *(sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going"),
            *("--quiet", paths.CHECKOUT / "docs", tmp_path),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for addon in addons.in_folder(paths.CHECKOUT):
        assert (tmp_path / "addons" / f"{addon}.html").exists()


@pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: str(page.relative_to(paths.CHECKOUT))
)
def test_python_in_a_page_is_python(page):
    for block in BLOCK.findall(page.read_text("utf-8")):
        ast.parse(block, str(page))
