"""``msclinic study check`` on the shipped study with mistakes planted: each is found where it is.

They are planted together, as an author makes them: none may hide another. What stops a file from
being read at all is planted alone.
"""

import json
from pathlib import Path

import pytest

from msclinic.cli.main import Windows, main
from msclinic.shipped import shipped_study

STUDY, VISITS, RIGHTS = "study.yaml", "visits.yaml", "rights.yaml"
AE, VS, EDSS = "forms/adverse_event.yaml", "forms/vital_signs.yaml", "forms/edss.yaml"
CONSENT, DM, CALL = "forms/consent.yaml", "forms/demography.yaml", "forms/call.yaml"
KIT, RUN = "forms/kit_assignment.yaml", "forms/infusion.yaml"
LABS, LISTS = "laboratories.yaml", "codelists.yaml"

HEAT = 'message:\n              en: "Temperature {HEAT}'
COLD = 'message:\n              en: "Temperature {TEMP} °C is below {setting_cold}'
WARM = 'message:\n              en: "Temperature {TEMP} °C is above {setting_dosing'
ITEM_END = "\n        required: true\n        missing: []\n        checks:\n          - code: "
OUTCOME = f"type: code{ITEM_END}AEOUT"

# file, what stands there, what is planted, code, where the planted line is found
PLANTED = [
    (STUDY, "oid: NCT07146087\n", "oid: 1-bad\n", "BAD_OID", "1-bad"),
    (STUDY, "\nsettings:\n", "\ncolour: red\nsettings:\n", "UNKNOWN_KEY", "colour"),
    (STUDY, ", pl: Egzosomy MSC w postępującym SM}", "}", "MISSING_LANGUAGE", "label: {en: MSC"),
    (STUDY, "key: enrolment, ", "key: age_min, ", "DUPLICATE_OID", "key: age_min, value: 20"),
    (STUDY, 'source: "CTCAE v5.0"', 'source: ""', "SETTING_WITHOUT_SOURCE", 'source: ""'),
    (
        STUDY,
        "infusions, value: 4, tag: FACT",
        "infusions, value: 4, tag: X",
        "WRONG_VALUE",
        "tag: X",
    ),
    (STUDY, "key: min_interval", "key: Min-Interval", "BAD_OID", "Min-Interval"),
    (STUDY, '{en: "Planned infusions."', '{fr: x, en: "P."', "UNKNOWN_LANGUAGE", "{fr: x"),
    (
        STUDY,
        "SEX, type: code, codelist: SEX",
        "SEX, type: code, codelist: S",
        "UNKNOWN_CODELIST",
        "list: S}",
    ),
    (
        STUDY,
        "type: code, codelist: NEWS2_SCALE",
        "type: code",
        "CODELIST_MISSING",
        "NEWS2_SCALE, type: code}",
    ),
    (VISITS, "window: [-42, -1]", "window: [-1, -42]", "WINDOW_REVERSED", "[-1, -42]"),
    (VISITS, "target_day: 92", "target_day: 100", "TARGET_OUTSIDE_WINDOW", "target_day: 100"),
    (VISITS, "window: [-7, 1]", "window: [0, 1]", "NO_DAY_ZERO", "code: V1"),
    (VISITS, "{form: consent, ", "{form: consents, ", "UNKNOWN_FORM", "consents"),
    (VISITS, "role: RAT,", "role: RATER,", "UNKNOWN_ROLE", "RATER"),
    (VISITS, "code: V3", "code: v3", "BAD_OID", "code: v3"),
    (VISITS, "order: 7\n", "order: 6\n", "DUPLICATE_OID", "code: ET"),
    (VISITS, "kind: call", "kind: ring", "WRONG_VALUE", "kind: ring"),
    (VISITS, "infusion: 4", "infusion: 5", "WRONG_VALUE", "infusion: 5"),
    (VISITS, "    kind: common\n", "", "MISSING_KEY", "code: LOG"),
    (
        "codelists.yaml",
        'code: "M", ',
        'code: "F", ',
        "DUPLICATE_OID",
        'code: "F", label: {en: "Male"',
    ),
    ("codelists.yaml", "code: LATEX,", "code: LA TEX,", "BAD_OID", "LA TEX"),
    ("units.yaml", '"Cel": {en: "°C", pl: "°C"}', '"Cel": {en: "°C"}', "MISSING_LANGUAGE", '"Cel"'),
    (RIGHTS, '"enter:call"', '"enter:calls"', "UNKNOWN_FORM", "enter:calls"),
    (RIGHTS, '"sign:G4"', '"sign:G9"', "UNKNOWN_MEANING", "sign:G9"),
    (RIGHTS, "- override\n", "- overrides\n", "UNKNOWN_RIGHT", "overrides"),
    (RIGHTS, '"open:*"', '"open:V9"', "UNKNOWN_VISIT", "open:V9"),
    (RIGHTS, '      - "sign:visit_summary_nurse"\n', "", "RIGHTS_DISAGREE", "code: NUR\n"),
    (RIGHTS, "roles: [RAT]", "roles: [RATER]", "UNKNOWN_ROLE", "roles: [RATER]"),
    (VS, 'unit: "mm[Hg]"', "unit: mmHg", "UNKNOWN_UNIT", "unit: mmHg"),
    (
        VS,
        "setting('systolic_low')",
        "setting('systolic')",
        "UNKNOWN_SETTING",
        "setting('systolic')",
    ),
    (VS, "            gate: G1\n", "", "GATE_MISSING", "code: SYSBP_HOLD"),
    (VS, "{TEMP} cannot be true", "{HEAT} cannot be true", "UNKNOWN_PLACEHOLDER", HEAT),
    (VS, "{setting_temp_low}", "{setting_cold}", "UNKNOWN_PLACEHOLDER", COLD),
    (VS, "{setting_temp_high}", "{setting_dosing_permitted}", "UNKNOWN_PLACEHOLDER", WARM),
    (AE, "AEONGO == 'N'", "AEONGO == 'NO'", "NOT_IN_CODELIST", "'NO'"),
    (AE, "context_TODAY", "context_TODAYS", "UNKNOWN_CONTEXT", "context_TODAYS"),
    (AE, "        codelist: AEOUT\n", "", "CODELIST_MISSING", OUTCOME),
    (AE, "who: [PHY, PI]", "who: [PHY, DOC]", "UNKNOWN_ROLE", "DOC"),
    (CALL, "E11_RESULT in", "E11_RESULTS in", "UNKNOWN_ITEM", "E11_RESULTS in"),
    (CALL, "kind: soft", "kind: hard", "WRONG_VALUE", "kind: hard"),
    (CONSENT, '"CONSENT_STATUS == ', '"CONSENT_STATUS = ', "CEL_SYNTAX", "CONSENT_STATUS = "),
    (CONSENT, "date_after(DSSTDAT,", "later(DSSTDAT,", "UNKNOWN_FUNCTION", "later(DSSTDAT"),
    (CONSENT, "required: true", "required: maybe", "UNKNOWN_ITEM", "required: maybe"),
    (DM, "BRTHYY >= 1900", "BRTHYY + 1 >= 1900", "FORBIDDEN_CONSTRUCT", "+ 1 >="),
    (
        DM,
        "type: integer\n",
        "type: integer\n        decimals: 1\n",
        "DECIMALS_MISPLACED",
        "decimals: 1",
    ),
    (
        DM,
        "type: code\n        codelist: SEX",
        "type: text\n        codelist: SEX",
        "CODELIST_MISPLACED",
        "codelist: SEX",
    ),
    (DM, "item: ALLERGY_TEXT", "item: ALLERGY-TEXT", "BAD_OID", "ALLERGY-TEXT"),
    (
        EDSS,
        "item: EDSS_COMPUTED\n",
        "item: EDSS_COMPUTED\n        who: [RAT]\n",
        "COMPUTED_WITH_WHO",
        "who: [RAT]",
    ),
    (
        EDSS,
        "kind: impossible\n",
        "kind: impossible\n            gate: G1\n",
        "GATE_MISPLACED",
        "gate: G1",
    ),
    (EDSS, "type: datetime\n", 'type: datetime\n        unit: "Cel"\n', "UNIT_MISPLACED", "unit:"),
    (
        RUN,
        '"D09_VOLUME == ',
        '"D02_RATE > 0 && D09_VOLUME == ',
        "REPEAT_FROM_OUTSIDE",
        "D02_RATE > 0",
    ),
    (KIT, "KIT_NUMBER == KIT_NUMBER_AGAIN", "KIT_NUMBER == 1", "TYPE_MISMATCH", "KIT_NUMBER == 1"),
    (KIT, "domain: DA\n", "domain: DA\ndomain: DS\n", "DUPLICATE_KEY", "domain: DS"),
    (
        "forms/after_infusion.yaml",
        "item: E10\n",
        "item: E09  # item: E10_AGAIN\n",
        "DUPLICATE_OID",
        "item: E10_AGAIN",
    ),
    (
        "forms/bedside_check.yaml",
        "form: bedside_check",
        "form: bedside",
        "WRONG_FILE_NAME",
        "form: bedside",
    ),
]

# What the study's own rules find once every word is right; those that hide nothing are planted
# together, each schedule or setting of its own.
MEN = 'test: HGB, unit: "g/dL", sex: M'
TOGETHER = [
    (VS, 'loinc: "29463-7"', 'loinc: "abc"', "BAD_CODE", 'loinc: "abc"'),
    (VS, 'loinc: "8480-6"', 'loinc: "8480-5"', "BAD_CODE", "8480-5"),
    (VS, 'code: "C49676"', 'code: "49676"', "BAD_CODE", 'code: "49676"'),
    (VS, 'code: "C25298"', 'code: "C25299"', "CODES_DISAGREE", 'test: "SYSBP"'),
    (VS, 'variable: "VSPOS"', 'variable: "XXORRES"', "BAD_CODE", "XXORRES"),
    (VS, 'test: "RESP"', 'test: "RESPIRATIONSPERMINUTES"', "BAD_CODE", "RESPIRATIONSPERMINUTES"),
    (LISTS, "cdisc: C71148", "cdisc: 71148C", "BAD_CODE", "71148C"),
    (
        LISTS,
        'label: {en: "Yes", pl: "Tak"}',
        'label: {en: "No", pl: "Nie"}',
        "SAME_WORDS",
        'code: "N"',
    ),
    (
        VISITS,
        "{form: edss, role: RAT, order: 13}",
        "{form: edss, role: CRC, order: 13}",
        "ROLE_CANNOT_ENTER",
        "role: CRC, order: 13",
    ),
    (
        VISITS,
        "{form: vital_signs, role: NUR, order: 14}",
        "{form: vital_signs, role: NUR, order: 16}",
        "SAME_ORDER",
        "{form: lab_safety",
    ),
    (
        RIGHTS,
        '- "read:msis29"',
        '- "read:edss"',
        "MASK_RIGHTS",
        '"read:edss"\n      - "enter:msis29"',
    ),
    (LABS, "ages: [18, 130], low: 4.0", "ages: [30, 130], low: 4.0", "RANGE_MISSING", "test: WBC"),
]

ALONE = [
    (VISITS, "infusion: 3", "infusion: 2", "INFUSION_NUMBER", "infusion: 2\n    forms", 1),
    (VISITS, "window: [85, 99]", "window: [85, 190]", "WINDOWS_OVERLAP", "[85, 190]", 0),
    (VISITS, "window: [85, 99]", "window: [85, 190]", "WINDOWS_OVERLAP", "[176, 190]", 0),
    (
        STUDY,
        "key: min_interval, value: 70",
        "key: min_interval, value: 120",
        "SETTING_WRONG",
        "key: min_interval",
        0,
    ),
    (
        STUDY,
        "key: missed_after, value: 21",
        "key: missed_after, value: 3",
        "SETTING_WRONG",
        "key: missed_after",
        0,
    ),
    (
        STUDY,
        "key: missed_after, value: 21",
        "key: missed_after, value: 200",
        "SETTING_WRONG",
        "key: missed_after",
        0,
    ),
]


def texts() -> dict[str, str]:
    return {
        name: path.read_text("utf-8")
        for path in shipped_study().rglob("*.yaml")
        if not (name := path.relative_to(shipped_study()).as_posix()).startswith("scenarios/")
    }


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def check(folder: Path, capsys: pytest.CaptureFixture[str]) -> set[tuple[str, int, str]]:
    """What the command finds: file, line and code."""

    def no_window(_options: object) -> int:
        raise AssertionError("a window opened")

    code = main(["study", "check", str(folder), "--json"], Windows(no_window, no_window))
    mistakes = json.loads(capsys.readouterr().out)["mistakes"]
    assert code == (1 if mistakes else 0)
    assert all(one["sentence"] for one in mistakes)
    return {(one["file"], one["line"], one["code"]) for one in mistakes}


def test_the_shipped_study_has_no_mistake(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(write(tmp_path, texts()), capsys) == set()


def test_every_planted_mistake_is_found_with_file_line_and_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoiled = texts()
    for file, old, new, _, _ in PLANTED:
        assert old in spoiled[file], (file, old)
        spoiled[file] = spoiled[file].replace(old, new, 1)
    found = check(write(tmp_path, spoiled), capsys)
    planted = {
        (file, spoiled[file][: spoiled[file].index(marker)].count("\n") + 1, code)
        for file, _, _, code, marker in PLANTED
    }
    assert len(planted) >= 40
    assert planted - found == set()


def at(text: str, marker: str, later: int = 0) -> int:
    """Line on which a marker begins, or so many of its later places."""
    place = text.index(marker)
    for _ in range(later):
        place = text.index(marker, place + 1)
    return text[:place].count("\n") + 1


def test_what_contradicts_another_part_of_the_study_is_found_where_it_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoiled = texts()
    for file, old, new, _, _ in TOGETHER:
        assert old in spoiled[file], (file, old)
        spoiled[file] = spoiled[file].replace(old, new, 1)
    found = check(write(tmp_path, spoiled), capsys)
    planted = {(file, at(spoiled[file], mark), code) for file, _, _, code, mark in TOGETHER}
    assert len(planted) == len(TOGETHER)
    assert planted - found == set()


@pytest.mark.parametrize(("file", "old", "new", "code", "marker", "later"), ALONE)
def test_a_schedule_or_interval_that_cannot_be_kept_is_found_alone(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    file: str,
    old: str,
    new: str,
    code: str,
    marker: str,
    later: int,
) -> None:
    spoiled = texts()
    assert old in spoiled[file]
    spoiled[file] = spoiled[file].replace(old, new, 1)
    found = check(write(tmp_path, spoiled), capsys)
    assert (file, at(spoiled[file], marker, later), code) in found
    # A window as long as half the study outlasts the setting on missed doses as well.
    assert {one for _, _, one in found} <= {code, "SETTING_WRONG"}


def test_men_without_a_range_of_their_own_are_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoiled = texts()
    (men,) = (line for line in spoiled[LABS].splitlines() if MEN in line)
    spoiled[LABS] = spoiled[LABS].replace(men + "\n", "")
    found = check(write(tmp_path, spoiled), capsys)
    assert found == {(LABS, at(spoiled[LABS], "test: HGB"), "RANGE_MISSING")}


def test_a_scenario_that_names_what_the_study_does_not_have_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = (shipped_study() / "scenarios" / "transfer.yaml").read_text("utf-8")
    form = (shipped_study() / "scenarios" / "vital_signs.yaml").read_text("utf-8")
    assert check(write(tmp_path / "good", texts() | {"scenarios/a.yaml": good}), capsys) == set()
    key = good.replace("steps:", "colour: red\nsteps:", 1)
    item = form.replace("WEIGHT: 160.5", "WAIT: 160.5", 1)
    folder = write(tmp_path / "bad", texts() | {"scenarios/a.yaml": key, "scenarios/b.yaml": item})
    assert check(folder, capsys) == {
        ("scenarios/a.yaml", at(key, "colour"), "UNKNOWN_KEY"),
        ("scenarios/b.yaml", at(item, "WAIT"), "UNKNOWN_ITEM"),
    }


def test_what_stops_a_file_from_being_read_is_named_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = texts()
    broken = good[CALL].replace("zone: M\n", "zone: M\n  x: 1\n")
    line = broken[: broken.index("  x: 1")].count("\n") + 1
    folder = write(tmp_path / "syntax", good | {CALL: broken})
    assert check(folder, capsys) == {(CALL, line, "YAML_SYNTAX")}
    folder = write(tmp_path / "missing", {k: v for k, v in good.items() if k != "units.yaml"})
    assert check(folder, capsys) == {("units.yaml", 1, "MISSING_FILE")}
    folder = write(tmp_path / "unknown", good | {"extra.yaml": "a: 1\n"})
    assert check(folder, capsys) == {("extra.yaml", 1, "UNKNOWN_FILE")}
    (folder / "extra.yaml").write_bytes(b"a: 1\nb: \xff\n")
    assert check(folder, capsys) == {("extra.yaml", 2, "NOT_UTF8")}


def test_an_alias_of_itself_is_a_mistake_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoiled = texts() | {"units.yaml": "kg: {en: kg, pl: kg}\na: &a [*a]\n"}
    assert check(write(tmp_path / "list", spoiled), capsys) == {("units.yaml", 2, "YAML_SYNTAX")}
    spoiled = texts() | {"units.yaml": "a: &a\n  b: *a\n"}
    found = check(write(tmp_path / "mapping", spoiled), capsys)
    assert {(file, code) for file, _, code in found} == {("units.yaml", "YAML_SYNTAX")}
    spoiled = texts() | {"units.yaml": "? &a [*a]\n: x\n"}
    assert check(write(tmp_path / "key", spoiled), capsys) == {("units.yaml", 1, "YAML_SYNTAX")}


def test_aliases_that_multiply_are_read_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for one in range(1, 30):
        lines.append(f"a{one}: &a{one} [{', '.join([f'*a{one - 1}'] * 9)}]")
    spoiled = texts() | {"units.yaml": "\n".join(lines) + "\n"}
    found = check(write(tmp_path, spoiled), capsys)
    assert ("units.yaml", 30, "MISSING_LANGUAGE") in found


def test_a_folder_under_the_name_of_a_file_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path, {k: v for k, v in texts().items() if k != "units.yaml"})
    (folder / "units.yaml").mkdir()
    (folder / "forms" / "loop.yaml").symlink_to(folder / "forms" / "loop.yaml")
    assert check(folder, capsys) == {
        ("units.yaml", 1, "UNREADABLE_FILE"),
        ("forms/loop.yaml", 1, "UNREADABLE_FILE"),
    }
