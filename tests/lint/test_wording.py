"""The table of refused words, and how they are found."""

import pytest

from setup.checks import wording

TABLE = wording.read_table()


def found(text, **table):
    table = {phrase.replace("_", " "): better for phrase, better in table.items()}
    return [tuple(one) for one in wording.Wording(table).find(text)]


def test_a_phrase_is_found_with_its_line_and_the_better_word():
    text = "One.\nIt lies yonder.\n"
    assert found(text, yonder="in Odoo") == [(2, "yonder", "in Odoo")]


def test_a_phrase_is_found_in_any_case_and_over_the_end_of_a_line():
    assert found("Far\nAway", far_away="remote") == [(1, "far away", "remote")]
    assert found("    # far\n    # away", far_away="remote")
    assert not found("far, away", far_away="remote")


def test_a_part_of_another_word_is_not_found():
    assert not found("afar awayward", far_away="remote")


@pytest.mark.parametrize(
    "form", ["verbise", "verbised", "verbises", "Verbising", "verbisation", "verbiser"]
)
def test_all_forms_of_a_british_spelling_are_found(form):
    assert found(f"They {form} it.", verbise="verbize")


def test_a_word_in_an_identifier_is_found():
    assert found("def verbise_all():", verbise="verbize")


def test_a_name_is_found_as_it_is_written_only():
    names = wording.Wording({"Yonder": "Remote", "_go_far": "_go"})
    text = "yonder Yonder YonderPlace my_go_far self._go_far()"
    assert [one.phrase for one in names.find(text)] == ["Yonder", "_go_far"]


def test_of_two_phrases_that_begin_alike_the_longer_one_is_told():
    (finding,) = found("far away", far="remote", far_away="external")
    assert finding == (1, "far away", "external")


@pytest.mark.parametrize("phrase", TABLE)
def test_each_entry_of_the_table_is_found_and_its_suggestion_is_not(phrase):
    words = wording.Wording(TABLE)
    assert [one.phrase for one in words.find(f"({phrase})")] == [phrase]
    assert not words.find(TABLE[phrase])


def test_a_file_with_a_refused_word_fails(tmp_path, capsys):
    phrase, better = next(iter(TABLE.items()))
    file = tmp_path / "a.md"
    file.write_text(f"Fine.\n{phrase}\n")
    assert wording.main([str(file)]) == 1
    assert f"{file}:2: {phrase!r}: write {better}" in capsys.readouterr().err
    file.write_text("Fine.\n")
    assert wording.main([str(file)]) == 0
