"""The laboratories of a study: read whole, and every way in which a range can be wrong."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.unit.study.small_study import FILES, write_study
from tests.unit.study.test_loader import line_of

from msclinic.domain.values import Answer, Code
from msclinic.forms.session import EntrySession, Ref
from msclinic.study import Mistake, StudyMistakes, load_study, study_from_content

LABORATORIES = """\
laboratories:
  - code: SITE
    name: {en: Site laboratory, pl: Laboratorium ośrodka}
    certificate: {kind: ISO 15189, number: "", valid_from: 2026-01-01, valid_to: 2026-12-31}
  - code: CENTRAL
    name: {en: Central laboratory, pl: Laboratorium centralne}
ranges:
  - laboratory: SITE
    test: CRP
    unit: mg/L
    sex: any
    ages: [18, 130]
    high: 5
    critical_high: 100.5
    valid_to: 2026-06-30
    tag: DEFAULT
    source: usual range
  - laboratory: SITE
    test: CRP
    unit: mg/L
    sex: F
    ages: [18, 130]
    low: 0.1
    high: 8
    valid_from: 2026-07-01
    tag: DEFAULT
    source: the laboratory's list
"""
UNITS = FILES["units.yaml"] + 'mg/L: {en: mg/L, pl: mg/l}\n"10*9/L": {en: 10⁹/L, pl: 10⁹/l}\n'
LAB = """\
form: lab
title: {en: Laboratory, pl: Laboratorium}
reveals_arm: false
item_groups:
  - item_group: crp
    title: {en: CRP, pl: CRP}
    items:
      - {item: LBNAM, label: {en: Laboratory, pl: Laboratorium}, type: code, codelist: LABORATORY}
      - {item: LBDAT, label: {en: Day, pl: Dzień}, type: date}
      - {item: CRP, label: {en: CRP, pl: CRP}, type: text}
      - {item: CRP_U, label: {en: Unit, pl: Jednostka}, type: code, codelist: CRP_U}
      - item: CRP_FLAG
        label: {en: Flag, pl: Ocena}
        type: code
        codelist: FLAG
        calculation: "lab_flag(LBNAM, 'CRP', CRP_U, CRP, context_SEX, context_YEAR, LBDAT)"
"""
CODELISTS = (
    FILES["codelists.yaml"]
    + """\
  - oid: CRP_U
    items:
      - {code: "mg/L", label: {en: mg/L, pl: mg/l}}
      - {code: "mg/dL", label: {en: mg/dL, pl: mg/dl}}
  - oid: FLAG
    items:
      - {code: NORMAL, label: {en: Normal, pl: Norma}}
      - {code: HIGH, label: {en: High, pl: Wysoki}}
      - {code: CRITICAL_HIGH, label: {en: Critical, pl: Krytyczny}}
      - {code: NO_RANGE, label: {en: None, pl: Brak}}
"""
)
WITH_LAB = {
    **FILES,
    "laboratories.yaml": LABORATORIES,
    "units.yaml": UNITS,
    "codelists.yaml": CODELISTS,
    "forms/lab.yaml": LAB,
}
L, R = "laboratories.yaml", "rights.yaml"


def mistakes_of(folder: Path) -> list[Mistake]:
    with pytest.raises(StudyMistakes) as caught:
        load_study(folder)
    return caught.value.mistakes


def test_a_study_opens_without_laboratories(tmp_path: Path) -> None:
    assert "LABORATORY" not in load_study(write_study(tmp_path)).codelists


def test_the_laboratories_are_content_and_a_codelist_by_their_names(tmp_path: Path) -> None:
    study = load_study(write_study(tmp_path, WITH_LAB))
    assert study.codelists["LABORATORY"].codes == ("SITE", "CENTRAL")
    assert study.codelists["LABORATORY"].label("SITE", "pl") == "Laboratorium ośrodka"
    assert study_from_content(study.content) == study
    (tmp_path / L).write_text(LABORATORIES.replace("high: 8", "high: 9"), encoding="utf-8")
    assert load_study(tmp_path).version != study.version


@pytest.mark.parametrize(
    ("day", "text", "unit", "flag"),
    [
        (date(2026, 6, 30), "6", "mg/L", "HIGH"),
        (date(2026, 7, 1), "6", "mg/L", "NORMAL"),
        (date(2026, 6, 30), "100,6", "mg/L", "CRITICAL_HIGH"),
        (date(2026, 7, 1), "6", "mg/dL", "HIGH"),
    ],
)
def test_an_expression_looks_into_the_ranges_of_its_own_study(
    tmp_path: Path, day: date, text: str, unit: str, flag: str
) -> None:
    form = load_study(write_study(tmp_path, WITH_LAB)).form("lab")
    context: dict[str, Answer | bool | None] = {"SEX": Code("F"), "YEAR": 1980}
    answers: dict[Ref, Answer] = {
        ("crp", "1", "LBNAM"): Code("SITE"),
        ("crp", "1", "LBDAT"): day,
        ("crp", "1", "CRP"): text,
        ("crp", "1", "CRP_U"): Code(unit),
    }
    entry = EntrySession(form, context, answers, datetime(2026, 11, 24, tzinfo=UTC))
    assert entry.value(("crp", "1", "CRP_FLAG")) == Code(flag)


SECOND = "  - laboratory: SITE\n    test: CRP\n    unit: mg/L\n    sex: F"
PLANTED = [
    (L, "laboratory: SITE", "laboratory: CITY", "UNKNOWN_LABORATORY", "laboratory: CITY"),
    (L, "test: CRP", "test: CRPX", "UNKNOWN_TEST", "test: CRPX"),
    (L, "unit: mg/L", "unit: MG/L", "UNKNOWN_UNIT", "unit: MG/L"),
    (L, "unit: mg/L", 'unit: "10*9/L"', "UNKNOWN_UNIT", "unit: "),
    (L, "unit: mg/L", "unit: mg/dL", "UNKNOWN_UNIT", "unit: mg/dL"),
    (L, "low: 0.1", "low: 9", "RANGE_REVERSED", "low: 9"),
    (L, "critical_high: 100.5", "critical_high: 4", "RANGE_REVERSED", "high: 5"),
    (L, "ages: [18, 130]", "ages: [65, 18]", "RANGE_REVERSED", "ages: [65"),
    (L, "valid_to: 2026-12-31}", "valid_to: 2025-12-31}", "RANGE_REVERSED", "certificate:"),
    (L, "ages: [18, 130]", "ages: [18]", "WRONG_VALUE", "ages: [18]"),
    (L, "ages: [18, 130]", "ages: [18, 200]", "WRONG_VALUE", "ages: [18, 200]"),
    (L, "valid_from: 2026-07-01", "valid_from: 2026-06-30", "RANGES_OVERLAP", SECOND),
    (L, "    valid_from: 2026-07-01\n", "", "RANGES_OVERLAP", SECOND),
    (L, "sex: any", "sex: X", "WRONG_VALUE", "sex: X"),
    (L, "high: 8", "high: eight", "WRONG_VALUE", "high: eight"),
    (L, "    low: 0.1\n    high: 8\n", "", "WRONG_VALUE", SECOND),
    (L, "source: usual range", "source: ''", "WRONG_VALUE", "source: ''"),
    (L, "    source: usual range\n", "", "MISSING_KEY", "  - laboratory: SITE"),
    (L, "tag: DEFAULT", "tag: GUESS", "WRONG_VALUE", "tag: GUESS"),
    (L, "2026-07-01", "1 July", "WRONG_VALUE", "valid_from: 1 July"),
    (L, "code: CENTRAL", "code: SITE", "DUPLICATE_OID", "code: SITE\n    name: {en: C"),
    (L, ", pl: Laboratorium centralne", "", "MISSING_LANGUAGE", "name: {en: Central"),
    (L, "kind: ISO 15189, ", "", "MISSING_KEY", "certificate:"),
    (L, "ranges:", "rangez:", "UNKNOWN_KEY", "rangez:"),
    ("forms/lab.yaml", "'CRP', CRP_U", "'CRPX', CRP_U", "TYPE_MISMATCH", "calculation"),
    ("forms/lab.yaml", "codelist: LABORATORY", "codelist: LABS", "UNKNOWN_CODELIST", "LABS"),
]


@pytest.mark.parametrize(("file", "old", "new", "code", "marker"), PLANTED)
def test_a_planted_mistake_is_named_with_its_line(
    tmp_path: Path, file: str, old: str, new: str, code: str, marker: str
) -> None:
    assert old in WITH_LAB[file]
    spoiled = WITH_LAB[file].replace(old, new, 1)
    found = mistakes_of(write_study(tmp_path, {**WITH_LAB, file: spoiled}))
    places = {(m.file, m.code, m.line) for m in found}
    assert (file, code, line_of(spoiled, marker)) in places, found


def test_the_codelist_of_laboratories_is_not_written_by_hand(tmp_path: Path) -> None:
    spoiled = CODELISTS.replace("oid: FLAG", "oid: LABORATORY")
    found = mistakes_of(write_study(tmp_path, {**WITH_LAB, "codelists.yaml": spoiled}))
    assert (L, 1, "DUPLICATE_OID") in {(m.file, m.line, m.code) for m in found}


def test_a_spoiled_range_does_not_also_count_as_overlapping(tmp_path: Path) -> None:
    spoiled = LABORATORIES.replace("2026-07-01", "2026-06-01").replace("sex: F", "sex: X")
    found = mistakes_of(write_study(tmp_path, {**WITH_LAB, L: spoiled}))
    assert [mistake.code for mistake in found] == ["WRONG_VALUE"]


# Forms that could reveal the arm

REVEALING = LAB.replace("reveals_arm: false", "reveals_arm: true")
UNMASKED = """\
  - code: PREP
    title: {en: Preparer, pl: Przygotowanie}
    short: {en: Prep, pl: Przyg.}
    side: site
    masked: false
    rights: ["read:lab", "enter:lab"]
meanings:"""


def test_a_star_never_reaches_a_form_that_could_reveal_the_arm(tmp_path: Path) -> None:
    rights = FILES[R].replace("meanings:", UNMASKED)
    study = load_study(write_study(tmp_path, {**WITH_LAB, "forms/lab.yaml": REVEALING, R: rights}))
    assert study.may("NUR", "read", "vitals")
    assert not study.may("NUR", "read", "lab")
    assert not study.may("NUR", "enter", "lab")
    assert study.may("PREP", "read", "lab")
    assert study.may("PREP", "enter", "lab")
    assert study.hides("NUR", "lab")
    assert study.hides("NOBODY", "lab")
    assert not study.hides("PREP", "lab")


@pytest.mark.parametrize("right", ["read:lab", "enter:lab"])
def test_naming_a_revealing_form_for_a_masked_role_is_a_mistake(tmp_path: Path, right: str) -> None:
    rights = FILES[R].replace('"enter:vitals", ', f'"enter:vitals",\n             "{right}", ')
    files = {**WITH_LAB, "forms/lab.yaml": REVEALING, R: rights}
    (found,) = mistakes_of(write_study(tmp_path, files))
    assert (found.file, found.code, found.item) == (R, "REVEALS_ARM", "NUR")
    assert found.line == line_of(rights, right)
