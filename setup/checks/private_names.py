"""Find what would tie a file to one machine: its folders, or a registry's host.

``python3 -m setup.checks.private_names FILE...`` fails and tells each line found.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

FOLDERS = re.compile(r"(?<![\w.~/-])/(?:work|root|farm|home/\w+|Users/\w+|tmp/\w+)/")
HOSTS = re.compile(
    r"\b(?:(?:files\.)?pythonhosted|pypi|(?:registry\.)?npmjs|deb\.debian)"
    r"\.(?:org|com|net)\b"
)


def find(path: Path) -> Iterator[str]:
    """Tell each line of the file `path` that names a machine's folder or a host."""
    text = path.read_bytes()
    if b"\0" in text:
        return
    for number, line in enumerate(text.decode(errors="replace").splitlines(), 1):
        for kind, pattern in (("machine's folder", FOLDERS), ("registry", HOSTS)):
            found = pattern.search(line)
            if found:
                yield f"{path}:{number}: names a {kind}: {found.group()}"


def main(argv: Sequence[str]) -> int:
    found = [line for name in argv for line in find(Path(name))]
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
