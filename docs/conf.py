"""How Sphinx builds the guides; ``make docs`` does."""

import re
from pathlib import Path

project = "Odoo Connector Suite"
author = "Odoo Connector Suite contributors"
version = release = "19.0"
extensions = ["myst_parser", "sphinx.ext.doctest"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Odoo Connector Suite 19"
html_copy_source = False
html_show_sphinx = False
nitpicky = True


def adapt_readme(app, relative_path, parent_docname, content):
    """Have an included README.rst fit its page: no contents, images from its addon."""
    path = Path(relative_path)
    if path.name == "README.rst":
        text = re.sub(r"^\.\. contents::\n(?:   .*\n)*", "", content[0], flags=re.M)
        content[0] = re.sub(
            r"^( *\.\. image:: )(?=static/)",
            rf"\g<1>{path.parent.as_posix()}/",
            text,
            flags=re.M,
        )


def setup(app):
    app.connect("include-read", adapt_readme)
    return {"parallel_read_safe": True}
