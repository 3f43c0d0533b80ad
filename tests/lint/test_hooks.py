"""Each hook of .pre-commit-config.yaml lets a good file pass and stops a bad one."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from . import samples

CHECKOUT = Path(__file__).resolve().parents[2]
TOOL = (sys.executable, "-m", "setup.tool")
CONFIG = (
    *(".editorconfig", ".npmrc", ".oca_hooks.cfg"),
    *(".pre-commit-config.yaml", ".prettierignore", ".prettierrc.mjs", ".pylintrc"),
    *(".pylintrc-mandatory", ".ruff.toml", "eslint.config.mjs", "mypy.ini"),
    "package.json",
    *("package-lock.json", "test-requirements.txt"),
)
HOOKS = yaml.safe_load((CHECKOUT / ".pre-commit-config.yaml").read_text())["repos"][0][
    "hooks"
]


def run(folder: Path, *command: str, **env: str) -> subprocess.CompletedProcess:
    """Run ``command`` in ``folder``, with what it prints in one stream."""
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def write(folder: Path, files: dict[str, str | bytes]) -> None:
    """Write ``files`` and have git know them, as a hook sees no other file.

    A name with ``->`` is a symbolic link, one with ``+x`` a program.
    """
    for name, content in files.items():
        path = folder / name.removesuffix("+x")
        path.parent.mkdir(parents=True, exist_ok=True)
        if "->" in name:
            link, target = name.split("->")
            (folder / link).symlink_to(target)
            continue
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        if name.endswith("+x"):
            path.chmod(0o755)
    assert run(folder, "git", "add", "--all").returncode == 0


@pytest.fixture(scope="session")
def clean_repository(tmp_path_factory) -> Path:
    """A repository with the suite's configuration and one good addon."""
    folder = tmp_path_factory.mktemp("lint") / "clean"
    folder.mkdir()
    assert run(folder, "git", "init", "--quiet").returncode == 0
    shutil.copytree(CHECKOUT / "setup", folder / "setup", ignore=ignored)
    for name in CONFIG:
        shutil.copy(CHECKOUT / name, folder / name)
    shutil.copytree(CHECKOUT / "component" / "static", folder / "connector" / "static")
    write(folder, samples.GOOD)
    for generator in ("requirements", "readmes"):
        done = run(folder, *TOOL, "python", "-m", f"setup.{generator}")
        assert done.returncode == 0, done.stdout
    write(folder, {})
    return folder


def ignored(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name in ("__pycache__",)]


@pytest.fixture
def repository(clean_repository, tmp_path) -> Path:
    """A copy of the clean repository, to be spoilt."""
    return Path(shutil.copytree(clean_repository, tmp_path / "copy", symlinks=True))


def test_no_hook_clones_a_repository():
    config = yaml.safe_load((CHECKOUT / ".pre-commit-config.yaml").read_text())
    assert [entry["repo"] for entry in config["repos"]] == ["local"]
    assert {hook["language"] for hook in HOOKS} == {"system"}


def test_every_hook_has_a_file_it_must_stop():
    assert {hook["id"] for hook in HOOKS} == {sample.hook for sample in samples.BAD}


def test_good_files_pass_every_hook_without_a_network(clean_repository):
    nowhere = "http://127.0.0.1:9"
    done = run(
        clean_repository,
        *(*TOOL, "pre-commit", "run", "--all-files", "--show-diff-on-failure"),
        http_proxy=nowhere,
        https_proxy=nowhere,
        PIP_NO_INDEX="1",
        npm_config_offline="true",
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "sample", samples.BAD, ids=[sample.title for sample in samples.BAD]
)
def test_a_bad_file_stops_its_hook(repository, sample):
    write(repository, sample.files)
    for name in sample.removed:
        (repository / name).unlink()
    done = run(repository, *TOOL, "pre-commit", "run", sample.hook, "--all-files")
    assert done.returncode == 1, done.stdout
    assert re.search(sample.says, done.stdout), done.stdout
