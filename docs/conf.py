"""How Sphinx builds the guides; ``make docs`` does."""

import re
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

project = "Odoo Connector Suite"
author = "Odoo Connector Suite contributors"
version = release = "19.0"
extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Odoo Connector Suite 19"
html_copy_source = False
html_show_sphinx = False
nitpicky = True
# The reference shows types and bases that others document, like those of requests.
nitpick_ignore_regex = [("py:.*", ".*")]
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
add_module_names = False
toc_object_entries_show_parents = "hide"


def _import_addons():
    """Have Python find Odoo, and the addons as parts of it."""
    from setup import environment

    home = str(environment.find_odoo().home)
    if home not in sys.path:
        sys.path.append(home)
    import odoo.addons

    odoo.addons.__path__.append(str(CHECKOUT))


def adapt_readme(app, relative_path, parent_docname, content):
    """Have an included README.rst fit its page: no contents, images from its addon."""
    path = Path(relative_path)
    if path.name == "README.rst":
        text = re.sub(r"^\.\. contents::\n(?:   .*\n)*", "", content[0], flags=re.M)
        content[0] = re.sub(
            r"^( *\.\. image:: )(?=static/)",
            rf"\g<1>/../{path.parent.name}/",
            text,
            flags=re.M,
        )


def setup(app):
    _import_addons()
    app.connect("include-read", adapt_readme)
    return {"parallel_read_safe": True}
