"""The guides can be built."""

import re
import subprocess
import sys

from setup import addons, paths


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
    # from the docstrings, so Odoo was found
    reference = (tmp_path / "reference" / "connector.html").read_text()
    assert "Adapter of one collection of records of a JSON API" in reference


def test_the_front_page_links_to_what_is_there():
    text = (paths.CHECKOUT / "README.rst").read_text()
    linked = re.findall(r"<([^<>\s]+)>`_|(?:image|figure):: (\S+)", text)
    local = [a or b for a, b in linked if not (a or b).startswith("http")]
    assert len(local) > 10
    assert [path for path in local if not (paths.CHECKOUT / path).exists()] == []
