"""The code in the guides: read from the pages, so that tests can follow them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from setup import paths

DOCS = paths.CHECKOUT / "docs"
_FENCE = re.compile(r"^( *)```(?! *$)([^\n]+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_OPTION = re.compile(r":([\w-]+): *(.*)\n")


@dataclass(frozen=True)
class Block:
    """A piece of code of a page.

    ``language``
        ``python``, ``console``...; empty for a directive that is no code
    ``options``
        of a ``{code-block}``: ``caption`` is the file it belongs to, ``name`` begins
        with ``shell-`` for what is typed into Odoo's shell, and with ``output-`` for
        what the block before it prints
    """

    page: Path
    line: int
    language: str
    code: str
    options: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The path of the file it is a part of, in a folder of addons, or ''."""
        return self.options.get("caption", "")

    @property
    def name(self) -> str:
        """What the page calls it, or ''."""
        return self.options.get("name", "")

    def commands(self) -> list[str]:
        """Return what is typed into a terminal."""
        if self.language != "console":
            return [line for line in self.code.splitlines() if line.strip()]
        lines = self.code.splitlines()
        return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]

    def __str__(self) -> str:
        return f"{self.page.relative_to(paths.CHECKOUT)}:{self.line}"


def of_page(page: Path) -> list[Block]:
    """Return the code of a page, from top to bottom."""
    text = page.read_text("utf-8")
    found = []
    for match in _FENCE.finditer(text):
        indent, head, body = match.groups()
        line = text.count("\n", 0, match.start()) + 1
        body = re.sub(f"^{indent}", "", body, flags=re.MULTILINE)
        options: dict[str, str] = {}
        if directive := re.fullmatch(r"\{([\w-]+)\} *(.*)", head.strip()):
            language = directive[2] if directive[1] == "code-block" else ""
            while option := _OPTION.match(body):
                options[option[1]] = option[2].strip('"`')
                body = body[option.end() :]
            body = body.removeprefix("\n")
        else:
            language = head.strip()
        found.append(Block(page, line, language, body, options))
    return found


def write_file(folder: Path, block: Block) -> None:
    """Write the file of a block below `folder`, or add to it where it is there."""
    path = folder / block.file
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text("utf-8") if path.exists() else ""
    gap = "\n" if before and path.suffix == ".py" else ""
    path.write_text(before + gap + block.code, "utf-8")
