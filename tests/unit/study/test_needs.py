"""Settings that rules read have their kind, unit and range, or the study does not open."""

import re
from pathlib import Path

from tests.unit.study.small_study import FILES
from tests.unit.study.spoiled import Change, found_in, line_of

import msclinic
from msclinic.shipped import shipped_study
from msclinic.study import load_study, study_from_content
from msclinic.study.content import pack, read_folder
from msclinic.study.needs import NEEDS, WORDED

STUDY = "study.yaml"

WRONG = [
    ("dosing_permitted", "value: false", 'value: "false"'),
    ("dosing_permitted", "value: false", "value: 0"),
    ("g1_valid", "value: 4", "value: -4"),
    ("g1_valid", "value: 4", "value: 400"),
    ("g1_valid", "value: 4", "value: soon"),
    ("g1_valid", "unit: h", "unit: kg"),
    ("g3_valid", "value: 30", "value: 30.5"),
    ("g3_valid", "value: 30", "value: true"),
    ("vitals_points", 'value: "15,30,45,60"', 'value: "a,b"'),
    ("vitals_points", 'value: "15,30,45,60"', 'value: "30,15"'),
    ("vitals_points", 'value: "15,30,45,60"', 'value: ""'),
    ("consent_version", 'value: "1.0"', "value: 1.0"),
    ("news2_stop", "value: 7", "value: 4"),
    ("prior_reaction_grade", "value: 3", "value: 4"),
    ("infusions", "value: 4", "value: 3"),
    ("vip_stop", "value: 2", "unit: kg, value: 2"),
    ("signing_pin_meanings", 'value: "G3,G4"', 'value: "G1,G3"'),
    ("signing_pin_meanings", 'value: "G3,G4"', 'value: "visit_summary_nurse"'),
    ("signing_pin_meanings", 'value: "G3,G4"', 'value: "form_entered"'),
    ("signing_pin_meanings", 'value: "G3,G4"', 'value: "G3,G3"'),
    ("signing_pin_meanings", 'value: "G3,G4"', 'value: ""'),
]


def changed(key: str, old: str, new: str) -> Change:
    text = (shipped_study() / STUDY).read_text("utf-8")
    line = next(line for line in text.splitlines() if f"key: {key}," in line)
    assert old in line
    return STUDY, line, line.replace(old, new, 1)


def test_a_setting_that_no_rule_can_use_is_named_with_its_line():
    left = list(WRONG)
    while left:
        # Each setting once in a load: reading the study is what takes the time.
        together = {key: (old, new) for key, old, new in reversed(left)}
        left = [one for one in left if together[one[0]] != one[1:]]
        found = found_in(*(changed(key, old, new) for key, (old, new) in together.items()))
        # Of a pair that is at odds the smaller one is named.
        named = {{"news2_stop": "news2_pause"}.get(key, key) for key in together}
        wanted = {(STUDY, line_of(STUDY, f"key: {key},"), key, "SETTING_WRONG") for key in named}
        assert wanted <= found
        assert not {item for _, _, item, code in found if code == "SETTING_WRONG"} - named


def test_words_written_out_that_do_not_say_their_setting_are_named():
    fit = "forms/fit_to_dose.yaml"
    written = "Antibiotic in the last {setting_antibiotic_days} days"
    plain = written.replace("{setting_antibiotic_days}", "14")
    assert found_in((fit, written, plain)) == set()
    found = found_in((fit, written, plain), changed("antibiotic_days", "value: 14", "value: 21"))
    line = line_of(STUDY, "key: antibiotic_days,")
    assert found == {(STUDY, line, "antibiotic_days", "SETTING_WRONG")}


def test_the_words_of_a_form_follow_its_settings():
    changes = dict(
        [
            changed("t25fw_limit", "value: 180", "value: 240")[1:],
            changed("temp_low", "value: 35.5", "value: 35.2")[1:],
            changed("antibiotic_days", "value: 14", "value: 21")[1:],
        ]
    )
    texts = dict(read_folder(shipped_study()))
    for old, new in changes.items():
        texts[STUDY] = texts[STUDY].replace(old, new)
    study = study_from_content(pack(texts))
    walk = study.forms["t25fw"].item("T25FW101_1").checks[0].message
    assert "stopped at 240 s" in walk.text("en")
    assert "po 240 s" in walk.text("pl")
    cold = study.forms["vital_signs"].item("TEMP").checks[1].message
    assert "below 35.2" in cold.text("en")
    assert "poniżej 35,2" in cold.text("pl")
    antibiotic = study.forms["fit_to_dose"].item("A07_ANTIBIOTIC").label
    assert antibiotic.text("en") == "Antibiotic in the last 21 days"


_CHECK = re.compile(r"assert: (?P<rule>.*?)\n\s+message:\n(?P<said>(?:\s+(?:en|pl): .*\n)+)")


def test_no_message_writes_out_a_limit_that_its_own_rule_reads():
    settings = load_study(shipped_study()).settings
    told, written = 0, []
    for path in sorted((shipped_study() / "forms").glob("*.yaml")):
        for check in _CHECK.finditer(path.read_text("utf-8")):
            plain = re.sub(r"\{\w+\}", "", check["said"]).replace(",", ".")
            numbers = {float(one) for one in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?!\w)", plain)}
            for key in re.findall(r"setting\('(\w+)'\)", check["rule"]):
                value = settings[key].value
                if isinstance(value, bool | str) or value == 0:
                    continue
                told += f"{{setting_{key}}}" in check["said"]
                if float(value) in numbers:
                    written.append((path.stem, key))
    assert written == []
    assert told > 40


def test_a_setting_that_a_rule_reads_has_to_be_there_with_its_forms():
    text = (shipped_study() / STUDY).read_text("utf-8")
    lines = [line for line in text.splitlines() if re.search("key: (g3_valid|edss_rise),", line)]
    found = found_in(*((STUDY, f"{line}\n", "") for line in lines))
    assert found == {
        (STUDY, 1, "g3_valid", "SETTING_MISSING"),
        (STUDY, 1, "edss_rise", "SETTING_MISSING"),
    }


def test_a_study_without_the_forms_needs_none_of_their_settings():
    assert "g3_valid" not in study_from_content(pack(FILES)).settings


def test_every_shipped_setting_is_known_with_kind_unit_and_range():
    assert set(load_study(shipped_study()).settings) == set(NEEDS)


UNREAD = {
    # Told to people, not held by a rule.
    "enrolment": "planned participants; the study never counts them against it",
    # For what is still to come; their help says so.
    "edss_prior_visible": "the rater's exam shows no earlier score at all",
    "observation_anaphylaxis_long": "doses of adrenaline are not counted",
    "reaction_every": "no schedule of a reaction yet",
    "reaction_after_every": "no schedule of a reaction yet",
    "reaction_after_for": "no schedule of a reaction yet",
    "news2_recheck_after": "the recheck is asked for without a timer",
}


def test_every_setting_is_read_by_a_rule_an_expression_or_the_words_of_an_item():
    root = Path(msclinic.__file__).parent
    source = "\n".join(
        path.read_text("utf-8")
        for path in root.rglob("*.py")
        # The demo is no rule.
        if path.name != "needs.py" and "demo" not in path.parts
    )
    forms = "\n".join(
        path.read_text("utf-8") for path in (shipped_study() / "forms").glob("*.yaml")
    )
    unread = {
        key
        for key in NEEDS
        if f"setting('{key}')" not in forms
        and f"{{setting_{key}}}" not in forms
        and not re.search(rf"""["']{key}["']""", source)
        and key not in WORDED
        and key != "infusions"  # held against the schedule at load
    }
    assert unread == set(UNREAD)


def test_a_setting_for_later_says_so_to_the_reader():
    settings = load_study(shipped_study()).settings
    later = set(UNREAD) - {"enrolment"}
    assert all("Not used by this version yet." in settings[key].help.text("en") for key in later)
    assert all("jeszcze tego nie używa" in settings[key].help.text("pl") for key in later)
