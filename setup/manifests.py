"""The addons of this repository, as their manifests tell them."""

import ast
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Addon:
    """A folder that holds an Odoo manifest."""

    path: Path
    manifest: dict

    @property
    def name(self) -> str:
        return self.path.name


def read_addon(path: Path) -> Addon:
    """The addon in the folder ``path``.

    :raises ValueError: its manifest is not a Python dictionary of literals
    """
    source = (path / "__manifest__.py").read_text(encoding="utf-8")
    try:
        manifest = ast.literal_eval(source)
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"{path.name}/__manifest__.py: no literal: {error}") from None
    if not isinstance(manifest, dict):
        raise ValueError(f"{path.name}/__manifest__.py: no dictionary")
    return Addon(path, manifest)


def find_addons(folder: Path = ROOT) -> list[Addon]:
    """The addons directly in ``folder``, by name."""
    manifests = sorted(folder.glob("*/__manifest__.py"))
    return [read_addon(manifest.parent) for manifest in manifests]
