from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from tests.unit.study.small_study import FILES

from msclinic.domain.errors import UserError
from msclinic.domain.values import Missing
from msclinic.services.scenarios import SCENARIO_MISTAKES, ZONE, read_scenarios
from msclinic.services.scenarios.loader import read_scenario
from msclinic.services.scenarios.model import Answers, Given, NewRepeat, Scenario
from msclinic.study import Mistake, Study, study_from_content
from msclinic.study.content import pack

SCENARIO = """\
scenario: A fever
now: 2026-11-23 09:30
accounts: {nurse: NUR}
participants: {Ewa: 7}
steps:
  - as: nurse
    open_visit: SCR
  - form: {visit: SCR, form: vitals}
    answers:
      TEMP: 38.2
      bag:
        - {VOLUME: 30}
        - {VOLUME: {missing: NOT_DONE, detail: torn}}
    expect:
      shown: [LEFT.1]
      values: {TEMP: 38.2, PREG: null}
      findings: {TEMP: [TEMP_HOLD]}
      windows: {SCR: {target: today}}
  - at: 10:15
    answers: {TEMP: 50}
    impossible: TEMP_IMPOSSIBLE
  - keep: {item: TEMP, finding: CHANGED, reason: Typed wrong.}
  - complete: true
    refused: form_open
  - sign: entered
"""


@cache
def study() -> Study:
    return study_from_content(pack(FILES))


def read(text: str) -> tuple[Scenario | None, tuple[Mistake, ...]]:
    found = read_scenario("scenarios/fever.yaml", text, study(), ZONE)
    return found.scenario, found.mistakes


def line_of(text: str, marker: str) -> int:
    return text[: text.index(marker)].count("\n") + 1


def test_scenario_is_read_with_typed_answers_and_the_clock_of_each_step() -> None:
    scenario, mistakes = read(SCENARIO)
    assert mistakes == ()
    assert scenario is not None
    assert scenario.title == "A fever"
    assert scenario.start == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    assert scenario.participants == {"Ewa": 7}
    answers = scenario.steps[1].act
    assert isinstance(answers, Answers)
    temperature, first, second = answers.given
    assert isinstance(temperature, Given)
    assert temperature.place.line == line_of(SCENARIO, "TEMP: 38.2")
    assert isinstance(first, NewRepeat)
    assert isinstance(second, NewRepeat)
    assert second.answers[0].answer == Missing("NOT_DONE", "torn")
    assert scenario.steps[2].at - scenario.start == timedelta(minutes=45)
    assert scenario.steps[2].account == "nurse"
    assert scenario.steps[-1].place == scenario.steps[1].place


# what stands there, what is planted, code, where it should be named
PLANTED = [
    ("scenario: A fever", "scenario: A fever\n  x: 1", "YAML_SYNTAX", "x: 1"),
    (
        "now: 2026",
        "now: 2026-11-23 09:30\nnow: 2026",
        "DUPLICATE_KEY",
        "now: 2026-11-23 09:30\nacc",
    ),
    ("participants:", "people:", "UNKNOWN_KEY", "people"),
    ("    open_visit: SCR", "    opens: SCR", "UNKNOWN_KEY", "opens"),
    ("now: 2026-11-23 09:30\n", "", "MISSING_KEY", "scenario"),
    ("finding: CHANGED, ", "", "MISSING_KEY", "keep"),
    ("TEMP: 38.2\n      bag", "TEMP: hot\n      bag", "WRONG_VALUE", "TEMP: hot"),
    ("missing: NOT_DONE", "missing: FORGOTTEN", "WRONG_VALUE", "FORGOTTEN"),
    ("complete: true", "complete: done", "WRONG_VALUE", "complete: done"),
    ("Ewa: 7", "Ewa: 1000", "WRONG_VALUE", "Ewa: 1000"),
    ("Ewa: 7", "Ewa: 7, Jan: 7", "WRONG_VALUE", "Jan: 7"),
    ("  - sign: entered", "  - {}", "EMPTY_STEP", "{}\n"),
    ("  - sign: entered", "  - expect: {}", "EMPTY_STEP", "expect: {}"),
    ("  - sign: entered", "  - refused: form_open", "EMPTY_STEP", "- refused: form_open"),
    ("    refused: form_open", "    sign: entered", "TWO_ACTS", "    sign: entered"),
    (
        "  - sign",
        "  - form: {visit: SCR, form: vitals}\n    enrol: {name: A, number: 9}\n  - sign",
        "TWO_ACTS",
        "enrol",
    ),
    ("Ewa: 7", "Ewa: null", "WRONG_VALUE", "Ewa: null"),
    ("  - as: nurse\n    open", "  - open", "NO_ACCOUNT", "- open_visit"),
    ("participants: {Ewa: 7}\n", "", "NO_PARTICIPANT", "open_visit"),
    ("  - form: {visit: SCR, form: vitals}\n    answers", "  - answers", "NO_FORM", "- answers"),
    ("as: nurse", "as: doctor", "UNKNOWN_ACCOUNT", "doctor"),
    ("nurse: NUR", 'nurse: ""', "UNKNOWN_ROLE", 'nurse: ""'),
    ("nurse: NUR", "nurse: NURSE", "UNKNOWN_ROLE", "NURSE"),
    ("  - sign: entered", "  - for: Jan\n    sign: entered", "UNKNOWN_PARTICIPANT", "Jan"),
    ("open_visit: SCR", "open_visit: V9", "UNKNOWN_VISIT", "V9"),
    ("visit: SCR, form", "visit: V9, form", "UNKNOWN_VISIT", "V9"),
    ("windows: {SCR", "windows: {V9", "UNKNOWN_VISIT", "V9"),
    ("form: vitals", "form: vitalz", "UNKNOWN_FORM", "vitalz"),
    ("TEMP: 38.2\n      bag", "HEAT: 38.2\n      bag", "UNKNOWN_ITEM", "HEAT"),
    ("{VOLUME: 30}", "{TEMP: 30}", "UNKNOWN_ITEM", "TEMP: 30"),
    ("[LEFT.1]", "[RIGHT.1]", "UNKNOWN_ITEM", "RIGHT"),
    ("sign: entered", "sign: reviewed", "UNKNOWN_MEANING", "reviewed"),
    ("  - sign: entered", "  - life: {act: leave, answers: {}}", "UNKNOWN_ACT", "act: leave"),
    ("windows: {SCR: {target: today}}", "life: {state: gone}", "WRONG_VALUE", "gone"),
    ("[TEMP_HOLD]", "[TEMP_HOLDS]", "UNKNOWN_FINDING", "TEMP_HOLDS"),
    ("impossible: TEMP_IMPOSSIBLE", "impossible: TEMP_HOLD", "UNKNOWN_FINDING", "impossible: TEMP"),
    ("finding: CHANGED", "finding: PREG_GATE", "UNKNOWN_FINDING", "PREG_GATE"),
    ("PREG: null", "PREG: MAYBE", "NOT_IN_CODELIST", "MAYBE"),
    ("[LEFT.1]", "[LEFT]", "WRONG_REPEAT", "[LEFT]"),
    ("item: TEMP,", "item: TEMP.1,", "WRONG_REPEAT", "item: TEMP.1"),
    ("at: 10:15", "at: 09:15", "WRONG_TIME", "at: 09:15"),
    ("at: 10:15", "at: noon", "WRONG_TIME", "at: noon"),
    ("now: 2026-11-23 09:30", "now: +1 h", "WRONG_TIME", "now: +1 h"),
    ("target: today", "target: soon", "WRONG_TIME", "soon"),
    ("answers: {TEMP: 50}", "answers: {TEMP: 50, PREG: Y}", "ONE_ANSWER", "impossible: TEMP"),
]


@pytest.mark.parametrize(("old", "new", "code", "marker"), PLANTED)
def test_planted_mistake_is_named_with_its_line(old: str, new: str, code: str, marker: str) -> None:
    assert old in SCENARIO
    text = SCENARIO.replace(old, new, 1)
    scenario, mistakes = read(text)
    assert scenario is None
    named = {(one.file, one.line, one.code) for one in mistakes}
    assert ("scenarios/fever.yaml", line_of(text, marker), code) in named, mistakes


def test_every_mistake_is_planted_here() -> None:
    assert {row[2] for row in PLANTED} | {"NOT_UTF8"} == set(SCENARIO_MISTAKES)


def test_an_answer_outside_the_codelist_may_be_given_to_see_it_refused() -> None:
    text = SCENARIO.replace("answers: {TEMP: 50}", "answers: {PREG: X}")
    _, mistakes = read(text.replace("impossible: TEMP_IMPOSSIBLE", "impossible: NOT_IN_CODELIST"))
    assert mistakes == ()


def test_a_participant_whose_enrolment_is_refused_is_not_acted_on() -> None:
    enrol = "  - enrol: {name: Jan, number: 0}\n    refused: participant_number\n  - sign: entered"
    scenario, mistakes = read(SCENARIO.replace("  - sign: entered", enrol))
    assert mistakes == ()
    assert scenario is not None
    assert scenario.steps[-1].participant == "Ewa"
    _, found = read(SCENARIO.replace("  - sign: entered", enrol + "\n    for: Jan"))
    assert "UNKNOWN_PARTICIPANT" in {one.code for one in found}


def test_files_are_found_in_folders_below_and_one_unreadable_text_is_named(tmp_path: Path) -> None:
    below = tmp_path / "scenarios" / "ward"
    below.mkdir(parents=True)
    (below / "fever.yaml").write_text(SCENARIO, "utf-8")
    (tmp_path / "scenarios" / "latin.yaml").write_bytes(b"scenario: a\nnow: \xff\n")
    latin, fever = read_scenarios(tmp_path, study(), ZONE)
    assert fever.file == "scenarios/ward/fever.yaml"
    assert fever.scenario is not None
    (mistake,) = latin.mistakes
    assert (mistake.line, mistake.code) == (2, "NOT_UTF8")


def test_a_study_without_scenarios_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UserError) as raised:
        read_scenarios(tmp_path, study(), ZONE)
    assert raised.value.code == "no_scenarios"
