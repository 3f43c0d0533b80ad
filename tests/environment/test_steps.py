"""A step is done once, and again when it broke off or what it depends on changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from setup import steps
from setup.errors import SetupError


@pytest.fixture
def ran() -> list[str]:
    return []


def test_a_step_runs_once_for_the_same_key(tmp_path: Path, ran: list[str]) -> None:
    stamp = tmp_path / "deep" / "stamp"
    assert steps.ensure("step", stamp, "key", lambda: ran.append("first"))
    assert not steps.ensure("step", stamp, "key", lambda: ran.append("second"))
    assert ran == ["first"]


def test_a_step_runs_again_when_its_key_changes(tmp_path: Path, ran: list[str]) -> None:
    stamp = tmp_path / "stamp"
    steps.ensure("step", stamp, "old", lambda: ran.append("old"))
    steps.ensure("step", stamp, "new", lambda: ran.append("new"))
    assert ran == ["old", "new"]


def test_a_step_that_broke_off_runs_again(tmp_path: Path, ran: list[str]) -> None:
    stamp = tmp_path / "stamp"
    steps.ensure("step", stamp, "old", lambda: ran.append("old"))

    def break_off() -> None:
        raise SetupError("the network is gone")

    with pytest.raises(SetupError):
        steps.ensure("step", stamp, "new", break_off)
    # what the broken step left is neither the old state nor the new one
    steps.ensure("step", stamp, "old", lambda: ran.append("old again"))
    assert ran == ["old", "old again"]


def test_each_step_prints_its_progress(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps.ensure("Fetching coffee", tmp_path / "stamp", "key", lambda: None)
    assert "==> Fetching coffee" in capsys.readouterr().out
    steps.ensure("Fetching coffee", tmp_path / "stamp", "key", lambda: None)
    assert capsys.readouterr().out == ""


def test_the_key_keeps_its_parts_apart() -> None:
    assert steps.key_of(["ab", "c"]) != steps.key_of(["a", "bc"])
    assert steps.key_of(["ab", b"c"]) == steps.key_of(["ab", "c"])


def test_a_failing_program_gives_one_line_with_its_last_words(
    scratch_cache: Path,
) -> None:
    with pytest.raises(SetupError) as failure:
        steps.run_logged(
            ["sh", "-c", "echo much; echo 'No route to host'; exit 3"],
            "net",
            "the download broke off",
        )
    assert str(failure.value) == (
        f"the download broke off (log: {scratch_cache}/log/net.log; "
        "it ends: No route to host)"
    )
