"""A good addon, and for each hook something it must stop.

What a hook looks for is put together from pieces, so that this file passes them.
"""

from dataclasses import dataclass, field

SLASH = "/"
SEVEN = "<" * 7

MANIFEST = """\
{
    "name": "Connector",
    "summary": "A sample of a good addon",
    "version": "19.0.1.0.0",
    "category": "Connector",
    "website": "https://github.com/odoo-connector-suite/connector-suite",
    "author": "Odoo Connector Suite contributors",
    "license": "LGPL-3",
    "depends": ["base"],
    "data": ["security/ir.model.access.csv", "views/sample_views.xml"],
}
"""
MODEL = """\
from odoo import fields, models


class Sample(models.Model):
    _name = "sample.sample"
    _description = "Sample"

    name = fields.Char()
"""
OPTIONAL = """\
try:
    from odoo.addons.server_environment import serv_config
except ImportError:
    serv_config = None
"""
VIEW = """\
<?xml version="1.0" encoding="utf-8" ?>
<odoo>
    <record id="sample_view_form" model="ir.ui.view">
        <field name="model">sample.sample</field>
        <field name="arch" type="xml">
            <form>
                <field name="name" />
            </form>
        </field>
    </record>
</odoo>
"""
ACCESS = """\
id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
access_sample,sample,model_sample_sample,base.group_user,1,0,0,0
"""
SCRIPT = """\
export function double(number) {
    return number * 2;
}
"""
FRENCH = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: fr\\n"

#. module: connector
#: model:ir.model.fields,field_description:connector.field_sample__name
msgid "Name"
msgstr "Nom"
"""
GOOD = {
    "connector/__init__.py": "from . import models\n",
    "connector/__manifest__.py": MANIFEST,
    "connector/i18n/fr.po": FRENCH,
    "connector/models/__init__.py": "from . import sample\n",
    "connector/models/sample.py": MODEL,
    "connector/optional.py": OPTIONAL,
    "connector/pyproject.toml": '[build-system]\nrequires = ["whool"]\n'
    'build-backend = "whool.buildapi"\n',
    "connector/readme/DESCRIPTION.md": "A sample.\n",
    "connector/security/ir.model.access.csv": ACCESS,
    "connector/static/src/sample.js": SCRIPT,
    "connector/views/sample_views.xml": VIEW,
    "settings.json": "{}\n",
    "settings.yaml": "a: 1\n",
}


@dataclass(frozen=True)
class Bad:
    """Files that ``hook`` must stop, saying ``says`` (a regular expression)."""

    hook: str
    says: str
    files: dict[str, str | bytes] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    why: str = ""

    @property
    def title(self) -> str:
        return f"{self.hook}: {self.why}" if self.why else self.hook


def addon(name: str, text: str | bytes) -> dict[str, str | bytes]:
    """A file of the sample addon."""
    return {f"connector/{name}": text}


def python(text: str) -> dict[str, str | bytes]:
    """A model of the sample addon, with ``text`` at its end."""
    return addon("models/sample.py", f"{MODEL}\n{text}")


BAD = [
    Bad("trailing-whitespace", "Fixing a.txt", {"a.txt": "a \n"}),
    Bad("end-of-file", "Fixing a.txt", {"a.txt": "a"}),
    Bad("line-endings", "fixed|fixing", {"a.txt": "a\r\nb\r\n"}),
    Bad("merge-conflict", "conflict string", {"a.txt": f"{SEVEN} ours\n"}),
    Bad("case-conflict", "Case-insensitivity", {"a.txt": "", "A.txt": ""}),
    Bad("symlinks", "Broken symlink", {"link->nowhere": ""}),
    Bad("large-files", "exceeds", {"a.bin": b"\0" * 700 * 1024}),
    Bad(
        "private-key",
        "Private key found",
        {"a.pem": f"-----{'BEGIN RSA PRIVATE'} KEY-----\n"},
    ),
    Bad(
        "private-names",
        "a.md:1: names a machine's folder",
        {"a.md": f"See {SLASH}home/jane/notes\n"},
        why="a folder",
    ),
    Bad(
        "private-names",
        "a.md:1: names a registry",
        {"a.md": f"https://{'pypi'}.org/simple\n"},
        why="a host",
    ),
    Bad(
        "wording",
        f"a.md:1: 'over {'there'}': write",
        {"a.md": f"The badge is over {'there'}.\n"},
    ),
    Bad("executables", "shebang", {"run+x": "echo\n"}),
    Bad("yaml", "a.yaml", {"a.yaml": "a: [1\n"}),
    Bad("toml", "a.toml", {"a.toml": "a =\n"}),
    Bad("json", "Failed to json decode", {"a.json": "{,}\n"}),
    Bad("xml", "Failed to xml parse", {"a.xml": "<odoo>\n"}),
    Bad("debugger", "breakpoint called", python(f"{'break' + 'point'}()\n")),
    Bad("ruff", "F821", python("undefined\n")),
    Bad("ruff-format", "files were modified", python("a = ( 1,2 )\n")),
    Bad("mypy", "Incompatible return", python("def n() -> int:\n    return ''\n")),
    Bad(
        "pylint-odoo-mandatory",
        "dangerous-default-value",
        {"tool.py": "def call(a=[]):\n    return a\n"},
    ),
    Bad(
        "pylint-odoo",
        "invalid-commit",
        python("    def go(self):\n        self.env.cr.commit()\n"),
        why="a commit",
    ),
    Bad(
        "pylint-odoo",
        "sql-injection",
        python("    def go(self):\n        self.env.cr.execute(f'a {self.name}')\n"),
        why="SQL from a string",
    ),
    Bad(
        "pylint-odoo",
        "license-allowed",
        addon("__manifest__.py", MANIFEST.replace("LGPL-3", "GPL-3")),
        why="another licence",
    ),
    Bad(
        "odoo-files",
        "xml-duplicate-record-id",
        addon(
            "views/sample_views.xml",
            VIEW.replace("</odoo>", VIEW.split("<odoo>")[1]),
        ),
    ),
    Bad(
        "translations",
        "po-duplicate-message",
        addon("i18n/fr.po", FRENCH + FRENCH.split("\n\n")[1]),
    ),
    Bad("prettier", "files were modified", {"a.xml": "<odoo>\n<a/></odoo>\n"}),
    Bad(
        "eslint",
        "no-unused-vars",
        addon("static/src/sample.js", f"{SCRIPT}\nconst unused = 1;\n"),
    ),
    Bad(
        "addons",
        "does not list views/other.xml",
        addon("views/other.xml", "<odoo />\n"),
        why="a view nobody loads",
    ),
    Bad(
        "addons",
        r"sample.py:\d+: imports numpy",
        addon("models/sample.py", f"import numpy\n{MODEL}"),
        why="an undeclared library",
    ),
    Bad(
        "addons",
        "imports odoo.addons.sale",
        addon("models/sample.py", f"from odoo.addons.sale import models\n{MODEL}"),
        why="an undeclared addon",
    ),
    Bad(
        "addons",
        "icon.png is missing",
        removed=("connector/static/description/icon.png",),
        why="no icon",
    ),
    Bad(
        "addons",
        "does not depend on other",
        {"other/__manifest__.py": MANIFEST},
        why="left out of the metapackage",
    ),
    Bad(
        "requirements",
        "requirements.txt is out of date",
        addon(
            "__manifest__.py",
            MANIFEST.replace(
                '    "data"',
                '    "external_dependencies": {"python": ["numpy"]},\n    "data"',
            ),
        ),
    ),
    Bad(
        "readmes",
        "connector/README.rst",
        addon("readme/DESCRIPTION.md", "Changed.\n"),
        why="a changed fragment",
    ),
    Bad(
        "readmes",
        "index.html",
        addon("README.rst", "Edited by hand.\n"),
        why="a page edited by hand",
    ),
]
