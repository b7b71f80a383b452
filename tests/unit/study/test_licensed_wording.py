"""Words that a licensed site adds: they replace labels, count into the version, and are checked."""

from pathlib import Path

from tests.unit.study.small_study import FILES, write_study
from tests.unit.study.test_loader import mistakes_of

from msclinic.study import load_study, study_from_content

WORDS = "wording/vitals.yaml"
MADE_UP = "TEMP: {en: How warm is the moon, pl: Jak ciepły jest księżyc}\n"


def test_words_replace_the_label_and_leave_the_rest_of_the_form(tmp_path: Path) -> None:
    plain = load_study(write_study(tmp_path / "plain"))
    study = load_study(write_study(tmp_path / "worded", {**FILES, WORDS: MADE_UP}))
    form, before = study.form("vitals"), plain.form("vitals")
    assert form.item("TEMP").label.text("pl") == "Jak ciepły jest księżyc"
    assert form.item("TEMP").checks == before.item("TEMP").checks
    assert form.item("WHY").label == before.item("WHY").label
    assert form.order == before.order


def test_other_words_are_another_version_and_the_content_opens_with_them(tmp_path: Path) -> None:
    versions = set()
    for name, words in (("a", None), ("b", MADE_UP), ("c", MADE_UP.replace("moon", "sun"))):
        files = FILES if words is None else {**FILES, WORDS: words}
        study = load_study(write_study(tmp_path / name, files))
        assert study_from_content(study.content) == study
        versions.add(study.version)
    assert len(versions) == 3


def test_words_for_a_form_or_an_item_that_is_not_there_are_mistakes(tmp_path: Path) -> None:
    files = {
        **FILES,
        "wording/moon.yaml": MADE_UP,
        WORDS: MADE_UP + "GLOW: {en: How bright, pl: Jak jasno}\n",
    }
    found = {(m.file, m.line, m.item, m.code) for m in mistakes_of(write_study(tmp_path, files))}
    assert found == {
        ("wording/moon.yaml", 1, "", "UNKNOWN_FORM"),
        (WORDS, 2, "GLOW", "UNKNOWN_ITEM"),
    }


def test_words_need_every_language_and_must_be_a_mapping(tmp_path: Path) -> None:
    half = {**FILES, WORDS: "TEMP: {en: How warm is the moon}\n"}
    assert [m.code for m in mistakes_of(write_study(tmp_path / "a", half))] == ["MISSING_LANGUAGE"]
    listed = {**FILES, WORDS: "- TEMP\n"}
    assert [m.code for m in mistakes_of(write_study(tmp_path / "b", listed))] == ["WRONG_VALUE"]


def test_words_deeper_in_the_folder_are_no_part_of_a_study(tmp_path: Path) -> None:
    files = {**FILES, "wording/pl/vitals.yaml": MADE_UP}
    assert [m.code for m in mistakes_of(write_study(tmp_path, files))] == ["UNKNOWN_FILE"]
