"""Addons are found with what they depend on."""

from __future__ import annotations

from pathlib import Path

from setup import addons


def test_dependencies_are_followed_through_own_addons(
    foreign_addon: Path,
) -> None:
    manifest = foreign_addon / "__manifest__.py"
    text = manifest.read_text()
    manifest.write_text(text.replace('"base"', '"product", "zz_other"'))
    other = foreign_addon.parent / "zz_other"
    other.mkdir()
    (other / "__manifest__.py").write_text(text.replace('"base"', '"mail"'))
    assert addons.foreign_dependencies(["zz_try"]) == ["base", "mail", "product"]
