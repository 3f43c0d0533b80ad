"""Write each addon's README.rst and static/description/index.html from readme/.

``python3 -m setup.readmes`` writes them, ``--check`` fails if one is out of date.
Each file carries a digest of its sources, so that a newer converter does not make every
page out of date.
"""

import argparse
import hashlib
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import paths
from .addons import Addon, in_folder

# fragment -> heading; the description opens the page and needs none
SECTIONS = {
    "DESCRIPTION": None,
    "CONTEXT": "Context",
    "INSTALL": "Installation",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "DEVELOP": "Development",
    "ROADMAP": "Known issues and plans",
    "HISTORY": "Changelog",
}
# raised when the page's own frame changes, so that every page is written again
FRAME = "1"
ISSUES = "https://github.com/odoo-connector-suite/connector-suite/issues"
PAGE = """<!DOCTYPE html>
<!-- from README.rst sha256:{digest} -->
<html lang="en">
<head>
<meta charset="utf-8"/>
<title>{title}</title>
<style>
body {{ font: 15px/1.6 system-ui, sans-serif; margin: 0 auto; max-width: 52rem;
  padding: 1rem }}
pre, code, .literal {{ background: #f3f1f5; border-radius: 4px; font-size: 90% }}
pre {{ overflow-x: auto; padding: .8rem }}
table {{ border-collapse: collapse }}
.contents p {{ margin: 0 }}
td, th {{ border: 1px solid #ccc; padding: .3rem .6rem; vertical-align: top }}
img {{ max-width: 100% }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


class ReadmeError(Exception):
    """A readme fragment cannot be turned into a page."""


def fragments(addon: Addon) -> Iterator[tuple[str | None, Path]]:
    """The addon's fragments in the order of the page, as (heading, file)."""
    for name, heading in SECTIONS.items():
        path = addon.folder / "readme" / f"{name}.md"
        if path.exists():
            yield heading, path


def sources_digest(addon: Addon) -> str:
    """A digest of all that the addon's README.rst is made from."""
    digest = hashlib.sha256(FRAME.encode())
    for key in ("name", "summary", "author", "website", "license"):
        digest.update(f"{key}={addon.manifest.get(key, '')}\0".encode())
    for heading, path in fragments(addon):
        digest.update(f"{heading}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def to_rst(markdown: str, level: int) -> str:
    """Convert a fragment, whose highest headings become those of ``level``."""
    import m2r2  # not needed to check, so a check runs without it

    parts = re.split(r"(^ *```.*?^ *```[^\n]*$)", markdown, flags=re.M | re.S)
    marks = re.findall(r"^#+(?= )", "\n".join(parts[::2]), flags=re.M)
    shift = level - min(map(len, marks), default=level)
    parts[::2] = [
        re.sub(
            r"^#+(?= )",
            lambda mark: "#" * (len(mark.group()) + shift),
            part,
            flags=re.M,
        )
        for part in parts[::2]
    ]
    markdown = "".join(parts)
    rst = m2r2.convert(markdown).replace("../static/", "static/")
    # the converter separates inline markup from what follows even where
    # punctuation already does
    rst = re.sub(r"(?<=[`*_])\\ (?=[.,;:!?)\]])", "", rst)
    rst = re.sub(r"(?<=[`*_])\\$", "", rst, flags=re.M)
    return re.sub(r"\n{3,}(?=\S)", "\n\n", rst).strip() + "\n"


def render_rst(addon: Addon) -> str:
    """The text of the addon's README.rst."""
    manifest = addon.manifest
    title = manifest["name"]
    out = [
        ".. generated from readme/ and __manifest__.py by python3 -m setup.readmes",
        f".. sources sha256:{sources_digest(addon)}",
        "",
        "=" * len(title),
        title,
        "=" * len(title),
        "",
    ]
    found = list(fragments(addon))
    if not found or found[0][0] is not None:
        raise ReadmeError(f"{addon.name}/readme/DESCRIPTION.md is missing")
    if manifest.get("summary"):
        out += [f"*{manifest['summary']}*", ""]
    out += [".. contents::", "   :local:", "   :depth: 2", ""]
    for heading, path in found:
        if heading:
            out += [heading, "=" * len(heading), ""]
        level = 2 if heading else 1
        out.append(to_rst(path.read_text(encoding="utf-8"), level))
    out += [
        "Help and credits",
        "================",
        "",
        f"Report what goes wrong in the `issue tracker <{ISSUES}>`_.",
        "",
        f"Made by {manifest['author']}. Source and guides: `{manifest['website']}`_",
        "",
        f".. _{manifest['website']}: {manifest['website']}",
        "",
        f"License: {manifest['license']}",
    ]
    return "\n".join(out) + "\n"


def render_html(addon: Addon, rst: str) -> str:
    """The page Odoo shows in its Apps menu, from the text of README.rst.

    :raises ReadmeError: docutils warns about the text
    """
    from docutils.core import publish_parts
    from docutils.utils import SystemMessage

    try:
        parts = publish_parts(
            rst,
            writer="html5",
            settings_overrides={
                "doctitle_xform": True,
                "halt_level": 2,
                "report_level": 2,
                "raw_enabled": False,
                "file_insertion_enabled": False,
                "syntax_highlight": "none",
                "embed_stylesheet": False,
                "initial_header_level": 2,
                "toc_backlinks": False,
            },
        )
    except SystemMessage as error:
        raise ReadmeError(f"{addon.name}/README.rst: {error}") from None
    body = parts["html_body"].replace('="static/description/', '="')
    return PAGE.format(
        digest=hashlib.sha256(rst.encode()).hexdigest(),
        title=addon.manifest["name"],
        body=body.strip(),
    )


def stale_pages(addon: Addon) -> list[str]:
    """The addon's generated pages that do not fit their sources, by name."""
    readme = addon.folder / "README.rst"
    page = addon.folder / "static" / "description" / "index.html"
    stale = []
    text = readme.read_text(encoding="utf-8") if readme.exists() else ""
    if f".. sources sha256:{sources_digest(addon)}\n" not in text:
        stale.append(f"{addon.name}/README.rst")
    digest = hashlib.sha256(text.encode()).hexdigest()
    html = page.read_text(encoding="utf-8") if page.exists() else ""
    if f"<!-- from README.rst sha256:{digest} -->" not in html:
        stale.append(f"{addon.name}/static/description/index.html")
    return stale


def write_pages(addon: Addon) -> None:
    """Write the addon's README.rst and index.html."""
    rst = render_rst(addon)
    html = render_html(addon, rst)
    (addon.folder / "README.rst").write_text(rst, encoding="utf-8")
    page = addon.folder / "static" / "description" / "index.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(html, encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if out of date")
    parser.add_argument(
        "--root", type=Path, default=paths.CHECKOUT, help="folder of the addons"
    )
    options = parser.parse_args(argv)
    stale, failed = [], False
    for addon in in_folder(options.root).values():
        if options.check:
            stale += stale_pages(addon)
        elif stale_pages(addon):
            try:
                write_pages(addon)
            except ReadmeError as error:
                failed = True
                print(error, file=sys.stderr)
    if stale:
        print(
            f"Out of date: {', '.join(stale)}: "
            "run python3 -m setup.tool python -m setup.readmes",
            file=sys.stderr,
        )
    return 1 if stale or failed else 0


if __name__ == "__main__":
    sys.exit(main())
