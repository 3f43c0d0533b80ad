"""Changes of files that are written together, at the end or not at all."""

from __future__ import annotations

from pathlib import Path


class Edits:
    """Files as they will be."""

    def __init__(self) -> None:
        self._texts: dict[Path, str] = {}

    def read(self, path: Path) -> str:
        """Return the text of a file, empty if there is none."""
        if path not in self._texts:
            return path.read_text("utf-8") if path.is_file() else ""
        return self._texts[path]

    def exists(self, path: Path) -> bool:
        """Return whether there is such a file."""
        return path in self._texts or path.is_file()

    def modules(self, folder: Path) -> list[Path]:
        """Return all Python files below a folder."""
        new = (path for path in self._texts if path.is_relative_to(folder))
        return sorted({*folder.rglob("*.py"), *new})

    def write(self, path: Path, text: str) -> None:
        """Have a file written."""
        self._texts[path] = text

    def save(self) -> list[Path]:
        """Write all files; return their paths."""
        for path, text in self._texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return sorted(self._texts)
