"""Studies that check, and every way in which one does not."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.study.small_study import FILES, write_study

from msclinic.forms.functions import FUNCTIONS
from msclinic.shipped import shipped_study
from msclinic.study import (
    MISTAKES,
    Mistake,
    StudyMistakes,
    activated_study,
    load_study,
    study_from_content,
)
from msclinic.study.content import pack, read_folder
from msclinic.study.schedule_loader import RIGHTS

V = "forms/vitals.yaml"
ROLE_NUR = FILES["rights.yaml"].split("meanings:")[0].removeprefix("roles:\n")
NY_CODELIST = "  - oid: NY\n    items:\n      - {code: A, label: {en: A, pl: A}}\n"


def mistakes_of(folder: Path) -> list[Mistake]:
    with pytest.raises(StudyMistakes) as caught:
        load_study(folder)
    return caught.value.mistakes


def line_of(text: str, marker: str) -> int:
    return text[: text.index(marker)].count("\n") + 1


def test_study_without_mistakes_opens(tmp_path: Path) -> None:
    study = load_study(write_study(tmp_path))
    assert study.oid == "SMALL"
    assert study.label.text("pl") == "Małe"
    assert study.label.text("de") == "Small"
    assert study.setting("temp_hold") == Decimal("38.0")
    assert study.setting("min_age") == 18
    assert study.visit("V1").window == (-7, 1)
    assert study.visit("SCR").forms[0].role == "NUR"
    assert study.form("vitals").item("TEMP").missing == ("NOT_DONE", "REFUSED")
    assert study.form("vitals").group_of("LEFT").oid == "bag"
    assert study.may("NUR", "enter", "vitals")
    assert study.may("NUR", "read", "vitals")
    assert study.may("NUR", "documents")
    assert not study.may("NUR", "people")
    assert not study.may("NOBODY", "enter", "vitals")
    order = study.form("vitals").order
    assert order.index("PREG_DUE") < order.index("PREG") < order.index("WHY")


def test_unknown_names_of_a_study_are_key_errors(tmp_path: Path) -> None:
    study = load_study(write_study(tmp_path))
    for ask in (study.setting, study.form, study.visit, study.form("vitals").item):
        with pytest.raises(KeyError):
            ask("nothing")


def test_content_opens_as_the_same_study(tmp_path: Path) -> None:
    study = load_study(write_study(tmp_path))
    again = study_from_content(study.content)
    assert again == study
    assert len(study.version) == 64


@pytest.mark.requirement("R-VAL-2")
def test_a_study_that_was_activated_is_not_asked_what_authors_are_asked_today() -> None:
    texts = read_folder(shipped_study())
    whole = load_study(shipped_study())
    lines = texts["study.yaml"].splitlines()
    texts["study.yaml"] = "\n".join(line for line in lines if "key: edss_rise_weeks" not in line)
    with pytest.raises(StudyMistakes) as caught:
        study_from_content(pack(texts))
    assert [mistake.code for mistake in caught.value.mistakes] == ["SETTING_MISSING"]
    kept = activated_study(pack(texts))
    assert kept.setting("edss_rise_weeks") == whole.setting("edss_rise_weeks")
    assert kept.settings["edss_rise_weeks"].source.startswith("msclinic ")
    assert set(kept.settings) == set(whole.settings)
    assert activated_study(whole.content) == whole


def test_what_means_nothing_in_an_activated_study_is_never_passed_over() -> None:
    texts = read_folder(shipped_study())
    texts["units.yaml"] += "\nnonsense: [1\n"
    with pytest.raises(StudyMistakes):
        activated_study(pack(texts))
    texts = read_folder(shipped_study())
    form = texts["forms/vital_signs.yaml"]
    texts["forms/vital_signs.yaml"] = form.replace("assert:", "asserts:", 1)
    assert texts["forms/vital_signs.yaml"] != form
    with pytest.raises(StudyMistakes) as caught:
        activated_study(pack(texts))
    assert "UNKNOWN_KEY" in {mistake.code for mistake in caught.value.mistakes}


def test_version_looks_neither_at_line_ends_nor_at_scenarios(tmp_path: Path) -> None:
    version = load_study(write_study(tmp_path)).version
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "a.yaml").write_text("anything: [", encoding="utf-8")
    (tmp_path / "README.md").write_text("hello", encoding="utf-8")
    units = FILES["units.yaml"].replace("\n", "\r\n").encode()
    (tmp_path / "units.yaml").write_bytes(units)
    assert load_study(tmp_path).version == version


def test_version_changes_with_one_letter(tmp_path: Path) -> None:
    version = load_study(write_study(tmp_path)).version
    (tmp_path / "units.yaml").write_text(FILES["units.yaml"] + "# x\n", encoding="utf-8")
    assert load_study(tmp_path).version != version


def test_bytes_that_are_no_study_are_refused() -> None:
    for content in (b"[]", b'{"a": 1}', b"no json"):
        with pytest.raises(ValueError):
            study_from_content(content)


# file, what stands there, what is planted, code, where the planted line is found
PLANTED = [
    ("study.yaml", 'version: "1.0"\n', 'version: "1.0"\nfoo: 1\n', "UNKNOWN_KEY", "foo"),
    ("study.yaml", 'version: "1.0"\n', "", "MISSING_KEY", "oid"),
    ("study.yaml", 'version: "1.0"\n', "version: 1.0\n", "WRONG_VALUE", "version"),
    ("study.yaml", "oid: SMALL", "oid: 1-bad", "BAD_OID", "oid"),
    ("study.yaml", "oid: SMALL", "oid: SMALL\noid: OTHER", "DUPLICATE_KEY", "oid: OTHER"),
    ("study.yaml", ", pl: Małe}", "}", "MISSING_LANGUAGE", "label"),
    ("study.yaml", ", pl: Małe}", ", pl: Małe, fr: x}", "UNKNOWN_LANGUAGE", "label"),
    ("study.yaml", "[en, pl]", "[en, pl, fr]", "UNKNOWN_LANGUAGE", "languages"),
    ("study.yaml", "source: registry", "source: ''", "SETTING_WITHOUT_SOURCE", "min_age"),
    ("study.yaml", " source: registry,", "", "SETTING_WITHOUT_SOURCE", "min_age"),
    ("study.yaml", "key: min_age", "key: temp_hold", "DUPLICATE_OID", "value: 18"),
    ("study.yaml", "key: min_age", "key: Min-Age", "BAD_OID", "value: 18"),
    ("study.yaml", "tag: FACT", "tag: GUESS", "WRONG_VALUE", "GUESS"),
    ("study.yaml", "value: 18", "value: [1]", "WRONG_VALUE", "value: [1]"),
    ("study.yaml", "codelist: SEX", "codelist: SEXES", "UNKNOWN_CODELIST", "SEXES"),
    ("study.yaml", ", codelist: SEX", "", "CODELIST_MISSING", "name: SEX"),
    ("study.yaml", "oid: SMALL", "oid: SMALL\n  x: 1", "YAML_SYNTAX", "x: 1"),
    ("visits.yaml", "[-42, -1]", "[-1, -42]", "WINDOW_REVERSED", "[-1"),
    ("visits.yaml", "target_day: -28", "target_day: 5", "TARGET_OUTSIDE_WINDOW", "target_day: 5"),
    ("visits.yaml", "[-7, 1]", "[0, 1]", "NO_DAY_ZERO", "code: V1"),
    ("visits.yaml", "[-7, 1]", "[1]", "WRONG_VALUE", "[1]"),
    ("visits.yaml", "form: vitals, role", "form: vitalz, role", "UNKNOWN_FORM", "vitalz"),
    ("visits.yaml", "role: NUR", "role: NURSE", "UNKNOWN_ROLE", "NURSE"),
    ("visits.yaml", "code: V1", "code: SCR", "DUPLICATE_OID", "code: SCR\n    title: {en: Inf"),
    ("visits.yaml", "order: 2", "order: 1", "DUPLICATE_OID", "code: V1"),
    ("visits.yaml", "code: V1", "code: v1", "BAD_OID", "code: v1"),
    ("visits.yaml", "kind: scheduled", "kind: often", "WRONG_VALUE", "often"),
    ("visits.yaml", "infusion: 1", "infusion: 5", "WRONG_VALUE", "infusion: 5"),
    ("codelists.yaml", "code: N,", "code: Y,", "DUPLICATE_OID", '{en: "No"'),
    ("codelists.yaml", "code: N,", "code: N x,", "BAD_OID", "N x"),
    (
        "codelists.yaml",
        "codelists:\n",
        "codelists:\n" + NY_CODELIST,
        "DUPLICATE_OID",
        "oid: NY\n    cdisc",
    ),
    ("rights.yaml", "enter:vitals", "enter:labs", "UNKNOWN_FORM", "enter:labs"),
    ("rights.yaml", "sign:entered", "sign:nothing", "UNKNOWN_MEANING", "sign:nothing"),
    ("rights.yaml", "open:SCR", "open:V9", "UNKNOWN_VISIT", "open:V9"),
    ("rights.yaml", "documents]", "fly]", "UNKNOWN_RIGHT", "fly"),
    ("rights.yaml", "roles: [NUR]", "roles: [PHY]", "UNKNOWN_ROLE", "PHY"),
    ("rights.yaml", '"sign:entered", ', "", "RIGHTS_DISAGREE", "code: NUR"),
    ("rights.yaml", "roles: [NUR]", "roles: []", "RIGHTS_DISAGREE", "sign:entered"),
    (
        "rights.yaml",
        "meanings:",
        ROLE_NUR + "meanings:",
        "DUPLICATE_OID",
        "code: NUR\n" + ROLE_NUR.split("\n", 1)[1] + "meanings",
    ),
    (V, "form: vitals", "form: vital", "WRONG_FILE_NAME", "form:"),
    (V, "signatures: [entered]", "signatures: [x]", "UNKNOWN_MEANING", "signatures"),
    (
        V,
        "item_group: bag",
        "item_group: main",
        "DUPLICATE_OID",
        "item_group: main\n    title: {en: B",
    ),
    (V, "item: WHY", "item: PREG", "DUPLICATE_OID", "item: PREG\n        label: {en: Why"),
    (V, "item: WHY", "item: 9WHY", "BAD_OID", "9WHY"),
    (V, "item: WHY", "item: context_W", "BAD_OID", "context_W"),
    (
        V,
        "code: TEMP_HOLD",
        "code: TEMP_IMPOSSIBLE",
        "DUPLICATE_OID",
        "code: TEMP_IMPOSSIBLE\n            kind: gate",
    ),
    (V, "type: text", "type: prose", "WRONG_VALUE", "prose"),
    (V, "codelist: NY", "codelist: YN", "UNKNOWN_CODELIST", "YN"),
    (V, "        codelist: NY\n", "", "CODELIST_MISSING", "type: code"),
    (
        V,
        "type: text",
        "type: text\n        codelist: NY",
        "CODELIST_MISPLACED",
        "codelist: NY\n        relevant: \"PREG == 'Y'",
    ),
    (
        V,
        "type: text",
        "type: text\n        unit: Cel",
        "UNIT_MISPLACED",
        "unit: Cel\n        relevant",
    ),
    (V, "unit: Cel", "unit: F", "UNKNOWN_UNIT", "unit: F"),
    (
        V,
        "type: text",
        "type: text\n        decimals: 2",
        "DECIMALS_MISPLACED",
        "decimals: 2\n        relevant",
    ),
    (
        V,
        "type: text",
        "type: text\n        event: true",
        "EVENT_MISPLACED",
        "event: true\n        relevant",
    ),
    (
        V,
        "type: decimal\n        unit: mL\n        decimals: 1\n        calc",
        "type: decimal\n        unit: mL\n        decimals: 1\n        event: false\n        calc",
        "EVENT_MISPLACED",
        "event: false",
    ),
    (
        V,
        "type: decimal\n        unit: mL\n        decimals: 1\n        calc",
        "type: decimal\n        unit: mL\n        decimals: 1\n"
        "        stopwatch: true\n        calc",
        "STOPWATCH_MISPLACED",
        "stopwatch: true",
    ),
    (
        V,
        "decimals: 1\n        required",
        "decimals: 9\n        required",
        "WRONG_VALUE",
        "decimals: 9",
    ),
    (V, "who: [NUR]", "who: [NURS]", "UNKNOWN_ROLE", "NURS"),
    (V, "missing: [NOT_DONE", "missing: [FORGOT", "WRONG_VALUE", "FORGOT"),
    (
        V,
        '"sum_of(VOLUME)"',
        '"sum_of(VOLUME)"\n        who: [NUR]',
        "COMPUTED_WITH_WHO",
        "who: [NUR]\n        checks",
    ),
    (
        V,
        '            gate: G1\n            assert: "TEMP',
        '            assert: "TEMP',
        "GATE_MISSING",
        "code: TEMP_HOLD",
    ),
    (
        V,
        "kind: impossible\n",
        "kind: impossible\n            gate: G1\n",
        "GATE_MISPLACED",
        'gate: G1\n            assert: "TEMP >= 25',
    ),
    (V, "gate: G1", "gate: G9", "WRONG_VALUE", "G9"),
    (V, ', pl: "{TEMP} nie może być."', "", "MISSING_LANGUAGE", "cannot be"),
    (V, "{TEMP} cannot", "{TMP} cannot", "UNKNOWN_PLACEHOLDER", "TMP"),
    (V, "{TEMP} cannot", "{VOLUME} cannot", "UNKNOWN_PLACEHOLDER", "{VOLUME} cannot"),
    (V, "{TEMP} cannot", "{ cannot", "UNKNOWN_PLACEHOLDER", "{ cannot"),
    (V, "relevant: \"PREG_DUE == 'Y'\"", "relevant: \"WHY == 'x'\"", "CYCLE", "item: WHY"),
    (V, '"sum_of(VOLUME)"', '"sum_of(LEFT)"', "CYCLE", "item: LEFT"),
    (V, '"TEMP >= 40.0"', '"TEMP >= "', "CEL_SYNTAX", '"TEMP >= "'),
    (
        V,
        '"TEMP >= 40.0"',
        "|\n          TEMP >= 40.0 ||\n          NONE > 1",
        "UNKNOWN_ITEM",
        "NONE",
    ),
    (V, "panel: body", "panel: mind", "UNKNOWN_PANEL", "panel: mind"),
    (V, "by: [WHY]", "by: [WHEN]", "UNKNOWN_ITEM", "WHEN"),
    (V, "scale: [30, 45]", "scale: [45, 30]", "WRONG_VALUE", "scale: [45, 30]"),
    (V, "worse: higher", "worse: more", "WRONG_VALUE", "worse: more"),
    (
        V,
        "        type: text\n",
        "        type: date\n        trend: {panel: body}\n",
        "TREND_MISPLACED",
        "trend: {panel: body}",
    ),
    (V, "domain: VS\n", "domain: VS\nown: true\n", "OWN_NOT_REPEATING", "own: true"),
    (V, '"TEMP >= 40.0"', '"TEMP + 1.0 >= 40.0"', "FORBIDDEN_CONSTRUCT", "TEMP + 1.0"),
    (V, '"TEMP >= 40.0"', '"HALF >= 40.0"', "REPEAT_FROM_OUTSIDE", "HALF >= 40"),
    (V, '"TEMP >= 40.0"', '"TEMP"', "TYPE_MISMATCH", 'required: "TEMP"'),
    (V, '"TEMP >= 40.0"', "40", "WRONG_VALUE", "required: 40"),
    (V, "setting('temp_hold')", "setting('temp')", "UNKNOWN_SETTING", "setting('temp')"),
    (V, '"context_SEX == ', '"context_SEXX == ', "UNKNOWN_CONTEXT", "SEXX"),
    (V, "context_SEX == 'F'", "context_SEX == 'W'", "NOT_IN_CODELIST", "'W'"),
    (V, "sum_of(VOLUME)", "total_of(VOLUME)", "UNKNOWN_FUNCTION", "total_of"),
    (V, "sum_of(VOLUME)", "WHY", "TYPE_MISMATCH", 'calculation: "WHY'),
    (V, "TEMP < setting", "TEMP < 'x' && TEMP < setting", "TYPE_MISMATCH", "'x'"),
    (V, 'relevant: "!(TEMP >= 39.5)"', 'relevant: "HALF > 1"', "REPEAT_FROM_OUTSIDE", "HALF > 1"),
]


@pytest.mark.parametrize(("file", "old", "new", "code", "marker"), PLANTED)
def test_planted_mistake_is_named_with_its_line(
    tmp_path: Path, file: str, old: str, new: str, code: str, marker: str
) -> None:
    assert old in FILES[file]
    spoiled = FILES[file].replace(old, new, 1)
    found = mistakes_of(write_study(tmp_path, {**FILES, file: spoiled}))
    # A circle may be entered anywhere; the place it is told at is one of its items.
    if code == "CYCLE":
        assert code in {m.code for m in found if m.file == file}
        return
    places = {(m.file, m.code, m.line) for m in found}
    assert (file, code, line_of(spoiled, marker)) in places, found


def test_circle_is_told_at_one_of_its_items(tmp_path: Path) -> None:
    spoiled = FILES[V].replace('"sum_of(VOLUME)"', '"sum_of(LEFT)"')
    (found,) = mistakes_of(write_study(tmp_path, {**FILES, V: spoiled}))
    assert found.item in ("LEFT", "TOTAL")
    assert found.line == line_of(spoiled, f"item: {found.item}")


def test_every_mistake_is_planted_here() -> None:
    elsewhere = {"MISSING_FILE", "UNKNOWN_FILE", "UNREADABLE_FILE", "NOT_UTF8"}
    # Planted in test_laboratories.py.
    elsewhere |= {"UNKNOWN_LABORATORY", "UNKNOWN_TEST", "RANGE_REVERSED", "RANGES_OVERLAP"}
    elsewhere |= {"REVEALS_ARM"}
    # Planted in test_needs.py, test_instruments.py and test_masking.py.
    elsewhere |= {"SETTING_MISSING", "SETTING_WRONG", "INSTRUMENT_ITEM"}
    elsewhere |= {"NEVER_OVERRIDABLE", "MASK_RIGHTS", "SPONSOR_RIGHTS"}
    # Planted in the shipped study by test_planted_mistakes.py.
    elsewhere |= {"BAD_CODE", "CODES_DISAGREE", "SAME_WORDS", "RANGE_MISSING"}
    elsewhere |= {"INFUSION_NUMBER", "WINDOWS_OVERLAP", "ROLE_CANNOT_ENTER", "SAME_ORDER"}
    assert {row[3] for row in PLANTED} | elsewhere == set(MISTAKES)


def test_missing_unknown_and_unreadable_files_are_named(tmp_path: Path) -> None:
    files = {name: text for name, text in FILES.items() if name != "units.yaml"}
    files["extra.yaml"] = "a: 1\n"
    found = mistakes_of(write_study(tmp_path, files))
    assert ("units.yaml", "MISSING_FILE") in {(m.file, m.code) for m in found}
    assert ("extra.yaml", "UNKNOWN_FILE") in {(m.file, m.code) for m in found}
    (tmp_path / "units.yaml").write_bytes(b"a: 1\nCel: \xff\n")
    (found_one,) = mistakes_of(tmp_path)
    assert (found_one.file, found_one.line, found_one.code) == ("units.yaml", 2, "NOT_UTF8")


def test_folder_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    (found,) = mistakes_of(tmp_path / "nowhere")
    assert found.code == "MISSING_FILE"


def test_all_mistakes_come_out_at_once_in_order(tmp_path: Path) -> None:
    files = {
        **FILES,
        "visits.yaml": FILES["visits.yaml"].replace("[-42, -1]", "[-1, -42]"),
        V: FILES[V].replace("unit: Cel", "unit: F").replace("TEMP >= 40.0", "TEMPO >= 40.0"),
    }
    found = mistakes_of(write_study(tmp_path, files))
    assert [m.code for m in found] == ["UNKNOWN_UNIT", "UNKNOWN_ITEM", "WINDOW_REVERSED"]
    assert str(found[0]).startswith("forms/vitals.yaml:")
    assert "[UNKNOWN_UNIT]" in str(StudyMistakes(found))


def test_shipped_study_checks() -> None:
    study = load_study(shipped_study())
    assert set(study.languages) == {"en", "pl"}
    assert study.forms


def test_document_names_every_function_mistake_and_right() -> None:
    text = (shipped_study().parent / "docs" / "study-format.md").read_text("utf-8")
    named = set(re.findall(r"`(\w+)[(`]", text))
    assert set(FUNCTIONS) <= named
    assert set(MISTAKES) <= named
    for right in RIGHTS:
        assert re.search(rf"\b{right}\b", text)
