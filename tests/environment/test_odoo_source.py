"""Odoo comes whole or not at all, from where it can be had."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from setup import apt, odoo_source
from setup.errors import SetupError

RELEASE = "version_info = ({0}, {1}, 0, FINAL, 0, '')\n"


def make_odoo(folder: Path, major: int = 19) -> Path:
    (folder / "odoo").mkdir(parents=True)
    (folder / "odoo" / "release.py").write_text(RELEASE.format(major, 0))
    return folder


def make_deb(folder: Path, name: str) -> Path:
    """A package that holds nothing but a small Odoo."""
    content = folder / "content"
    make_odoo(content / "usr/lib/python3/dist-packages")
    (content / "DEBIAN").mkdir()
    (content / "DEBIAN" / "control").write_text(
        f"Package: {name}\nVersion: 1\nArchitecture: all\n"
        "Maintainer: x <x@example.com>\nDescription: x\n"
    )
    deb = folder / f"{name}_1_all.deb"
    subprocess.run(["dpkg-deb", "--build", content, deb], check=True)
    shutil.rmtree(content)
    return deb


@pytest.fixture
def debian(
    tmp_path: Path, programs: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """An archive in a folder, served by an apt-get of the test's own.

    What is in ``served`` is what a download gives, ``lists`` what is announced.
    """
    archive = tmp_path / "archive"
    served = archive / "served"
    served.mkdir(parents=True)
    lists = []
    wanted = [odoo_source.PACKAGE, *odoo_source.LINKED, *odoo_source.LINKED_OLD]
    for name in wanted:
        deb = make_deb(served, name)
        digest = hashlib.sha256(deb.read_bytes()).hexdigest()
        lists.append(
            f"'http://mirror/{deb.name}' {deb.name} {deb.stat().st_size} "
            f"SHA256:{digest}"
        )
    (archive / "lists").write_text("\n".join(sorted(lists)) + "\n")
    monkeypatch.setenv("DEBIAN_MIRROR", "http://mirror")
    monkeypatch.setattr(apt, "KEYRING", archive / "lists")
    programs(
        git="exit 1",
        apt_get=f"""
            echo "$@" >> {archive}/calls
            case "$* " in
            *" --print-uris "*{odoo_source.LINKED[0]}*) cat {archive}/lists ;;
            *" --print-uris "*) grep '/{odoo_source.PACKAGE}_' {archive}/lists ;;
            *" download "*) cp {served}/*.deb . ;;
            esac""",
    )
    return archive


def test_debians_package_is_fetched_once(scratch_cache: Path, debian: Path) -> None:
    state = scratch_cache / "odoo"
    odoo = odoo_source.find(state)
    assert odoo.version() == "19.0"
    assert odoo.label == "Debian"
    calls = (debian / "calls").read_text()
    assert odoo_source.find(state) == odoo
    assert (debian / "calls").read_text() == calls, "the second time needs no network"


def test_a_truncated_download_is_refused_and_done_again(
    scratch_cache: Path, debian: Path
) -> None:
    state = scratch_cache / "odoo"
    deb = debian / "served" / f"{odoo_source.PACKAGE}_1_all.deb"
    whole = deb.read_bytes()
    deb.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SetupError, match="damaged"):
        odoo_source.find(state)
    assert not (state / "debian").exists()
    deb.write_bytes(whole)
    assert odoo_source.find(state).version() == "19.0"


def test_a_download_of_the_right_size_with_another_content_is_refused(
    scratch_cache: Path, debian: Path
) -> None:
    deb = debian / "served" / f"{odoo_source.PACKAGE}_1_all.deb"
    deb.write_bytes(bytes(len(deb.read_bytes())))
    with pytest.raises(SetupError, match="damaged"):
        odoo_source.find(scratch_cache / "odoo")


def test_what_was_fetched_whole_is_not_fetched_again(
    tmp_path: Path, debian: Path
) -> None:
    private = apt.PrivateApt(tmp_path / "state", "")
    names = [odoo_source.PACKAGE, *odoo_source.LINKED, *odoo_source.LINKED_OLD]
    first = private.fetch(names, tmp_path / "debs")
    first[0].write_bytes(b"broken off here")
    private.fetch(names, tmp_path / "debs")
    downloads = [
        line
        for line in (debian / "calls").read_text().splitlines()
        if "download" in line and "--print-uris" not in line
    ]
    assert len(downloads) == 2
    assert downloads[1].endswith("download " + first[0].name.split("_")[0])


def test_an_unpacking_that_broke_off_is_done_again(
    scratch_cache: Path, debian: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpack = apt.unpack

    def killed_in_the_middle(archives: list[Path], root: Path) -> None:
        unpack(archives[:1], root)
        raise KeyboardInterrupt

    state = scratch_cache / "odoo"
    with monkeypatch.context() as patched:
        patched.setattr(apt, "unpack", killed_in_the_middle)
        with pytest.raises(KeyboardInterrupt):
            odoo_source.find(state)
    assert not (state / "debian").exists()
    assert odoo_source.find(state).version() == "19.0"


def test_when_debian_no_longer_carries_it_git_is_tried(
    scratch_cache: Path, debian: Path, programs: Callable[..., Path], tmp_path: Path
) -> None:
    (debian / "lists").write_text("")
    clone = make_odoo(tmp_path / "clone")
    programs(git=f'for to; do :; done; mkdir -p "$to"; cp -r {clone}/* "$to"')
    odoo = odoo_source.find(scratch_cache / "odoo")
    assert odoo.label == "git"
    assert odoo.version() == "19.0"
    assert odoo_source.find(scratch_cache / "odoo") == odoo


def test_when_nothing_can_be_fetched_one_line_says_what_to_do(
    scratch_cache: Path, debian: Path
) -> None:
    (debian / "lists").write_text("")
    with pytest.raises(SetupError) as failure:
        odoo_source.find(scratch_cache / "odoo")
    message = str(failure.value)
    assert "carries no odoo-19 any more" in message
    assert "point ODOO_HOME at a checkout of Odoo 19.0" in message
    assert "\n" not in message


def test_an_own_checkout_is_used_and_nothing_is_fetched(
    scratch_cache: Path,
    debian: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = make_odoo(tmp_path / "own")
    monkeypatch.setenv("ODOO_HOME", str(home))
    odoo = odoo_source.find(scratch_cache / "odoo")
    assert odoo.home == home
    assert odoo.addons_path == [home / "odoo" / "addons", home / "addons"]
    (home / "odoo" / "addons" / "web" / "static").mkdir(parents=True)
    assert odoo.addons_path == [home / "odoo" / "addons"], "Debian's layout"
    assert not (debian / "calls").exists()


def test_an_own_checkout_of_another_version_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ODOO_HOME", str(make_odoo(tmp_path / "old", 18)))
    with pytest.raises(SetupError, match=r"is Odoo 18\.0: 19\.0 is needed"):
        odoo_source.find(tmp_path)


def test_an_odoo_home_without_odoo_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(SetupError, match="is no Odoo"):
        odoo_source.find(tmp_path)
