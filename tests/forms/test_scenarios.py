"""Every shipped scenario is played; the runner names what does not hold by file, line and code."""

import json
import re
import tempfile
from functools import cache
from pathlib import Path

import pytest
from tests.forms.staffed_study import FEVER, STAFFED
from tests.unit.study.small_study import write_study

from msclinic.app.clock import TurnedClock
from msclinic.cli.main import Windows, main
from msclinic.services.scenarios import (
    SCENARIO_MISTAKES,
    UNHELD,
    ZONE,
    Played,
    ScenarioFile,
    play_scenarios,
    read_scenarios,
)
from msclinic.services.scenarios.loader import read_scenario
from msclinic.services.scenarios.model import Answers
from msclinic.shipped import shipped_study
from msclinic.study import Study, load_study
from msclinic.wording import set_language

FILES = sorted(
    path.relative_to(shipped_study()).as_posix()
    for path in (shipped_study() / "scenarios").rglob("*.yaml")
)
FORMS = sorted(path.stem for path in (shipped_study() / "forms").glob("*.yaml"))
DOCUMENT = Path(__file__).parents[2] / "docs" / "scenarios.md"


@cache
def study() -> Study:
    return load_study(shipped_study())


@cache
def shipped() -> dict[str, ScenarioFile]:
    return {one.file: one for one in read_scenarios(shipped_study(), study(), ZONE)}


@pytest.fixture(scope="module")
def played() -> dict[str, Played]:
    """All of them in one clinic's copies: founding takes longer than playing."""
    ready = [one.scenario for one in shipped().values() if one.scenario is not None]
    return {one.scenario.file: one for one in play(*ready)}


def play(*scenarios) -> list[Played]:
    return play_scenarios(scenarios, study(), shipped_study(), TurnedClock)


def play_text(text: str) -> Played:
    read = read_scenario("scenarios/fever.yaml", text, study(), ZONE)
    assert read.mistakes == ()
    (found,) = play(read.scenario)
    return found


@pytest.mark.parametrize("file", FILES)
def test_shipped_scenario_holds(file: str, played: dict[str, Played]) -> None:
    assert shipped()[file].mistakes == ()
    assert played[file].unheld == ()
    assert played[file].expectations > 0


@pytest.mark.parametrize("form", FORMS)
def test_form_has_a_scenario_of_its_name_that_answers_and_expects(form: str) -> None:
    one = shipped()[f"scenarios/{form}.yaml"].scenario
    assert one is not None
    steps = [step for step in one.steps if step.place is not None and step.place.form == form]
    assert any(isinstance(step.act, Answers) for step in steps)
    assert any(step.expected is not None for step in steps)


# The runner

# what stands there, what is planted, code, where it should be named
PLANTED = [
    ("shown: [LEFT.2]", "shown: [LEFT.1]", "NOT_SHOWN", "shown"),
    ("hidden: [LEFT.1, WHY]", "hidden: [LEFT.2]", "NOT_HIDDEN", "hidden"),
    ("TOTAL: 108.0", "TOTAL: 108.1", "OTHER_VALUE", "108.1"),
    ("TOTAL: 108.0", "TOTAL: null", "OTHER_VALUE", "null"),
    ("HALF.1: 4", "HALF.1: {missing: NOT_DONE}", "OTHER_VALUE", "NOT_DONE"),
    ("HALF.1: 4", "HALF.3: 4", "NO_REPEAT", "HALF.3"),
    ("VOLUME.1: [VOLUME_SMALL]", "VOLUME.1: []", "OTHER_FINDINGS", "VOLUME.1: []"),
    ("TEMP: [TEMP_HOLD]", "TEMP: [TEMP_HOLD, LATE]", "OTHER_FINDINGS", "LATE"),
    ("required_open: [LEFT.2]", "required_open: []", "OTHER_OPEN", "required_open"),
    ("target: 2026-11-23", "target: 2026-11-24", "OTHER_WINDOW", "2026-11-24"),
    ("to: 2026-12-20", "to: 2026-12-21", "OTHER_WINDOW", "to: 2026-12-21"),
    ("state: screened", "state: lost", "OTHER_LIFE", "state: lost"),
    ("withdrawn_from: []", "withdrawn_from: [samples]", "OTHER_LIFE", "life:"),
    ("stopped: false", "stopped: true", "OTHER_LIFE", "life:"),
    ("in_progress", "planned", "OTHER_STATUS", "planned"),
    ("signed: []", "signed: [form_entered]", "OTHER_SIGNATURES", "signed"),
    ("TEMP: 37.0", "TEMP: 38.0", "FINDINGS_LEFT", "no_findings"),
    ("{TEMP: 46}", "{TEMP: 38.2}", "NOT_IMPOSSIBLE", "impossible:"),
    ("{TEMP: 46}", "{TEMP: 38.25}", "OTHER_IMPOSSIBLE", "impossible:"),
    ("    impossible: TEMP_IMPOSSIBLE\n", "", "IMPOSSIBLE", "TEMP: 46"),
    ("    refused: form_open\n", "", "REFUSED", "complete"),
    ("refused: form_open", "refused: not_allowed", "OTHER_REFUSAL", "refused"),
    ("  - sign: form", "  - refused: x\n    sign: form", "NOT_REFUSED", "refused: x"),
    ("  - answers: {TEMP", "  - as: rater\n    answers: {TEMP", "REFUSED", "- as: rater"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A study of one form, without scenarios."""
    write_study(tmp_path / "study", STAFFED)
    (tmp_path / "study" / "scenarios").mkdir()
    return tmp_path / "study"


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> list[Played]:
    """The fever as it is, then with each planted mistake."""
    folder = write_study(tmp_path_factory.mktemp("spoiled"), STAFFED)
    small = load_study(folder)
    read = [
        read_scenario(f"scenarios/fever-{number}.yaml", text, small, ZONE)
        for number, text in enumerate([FEVER, *(FEVER.replace(a, b, 1) for a, b, *_ in PLANTED)])
    ]
    assert [one.mistakes for one in read if one.mistakes] == []
    ready = [one.scenario for one in read if one.scenario is not None]
    return play_scenarios(ready, small, folder, TurnedClock)


def test_what_is_right_is_not_named(spoiled: list[Played]) -> None:
    assert spoiled[0].unheld == ()
    assert spoiled[0].expectations == 19


@pytest.mark.parametrize("number", range(len(PLANTED)), ids=[row[2] for row in PLANTED])
def test_planted_wrong_expectation_is_named_with_its_line(
    number: int, spoiled: list[Played]
) -> None:
    old, new, code, marker = PLANTED[number]
    text = FEVER.replace(old, new, 1)
    assert text != FEVER
    line = text[: text.index(marker)].count("\n") + 1
    (only,) = spoiled[number + 1].unheld
    assert (only.file, only.line, only.code) == (f"scenarios/fever-{number + 1}.yaml", line, code)


def test_every_way_of_not_holding_is_planted_here() -> None:
    assert {row[2] for row in PLANTED} == set(UNHELD)


def test_a_refusal_names_the_programs_own_code(spoiled: list[Played]) -> None:
    (only,) = spoiled[-1].unheld
    assert only.item == "not_allowed"
    assert only.sentence.startswith("Your role may not do this.")


def test_nothing_of_the_clinic_is_left_on_the_disk(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (folder / "scenarios" / "fever.yaml").write_text(FEVER, "utf-8")
    assert run(str(folder)) == 0
    assert list((tmp_path / "temporary").iterdir()) == []


# The command


def run(*arguments: str) -> int:
    def no_window(_options: object) -> int:
        raise AssertionError("a window opened")

    return main(["study", "test", *arguments], Windows(no_window, no_window))


def test_command_ends_with_0_and_says_what_held(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "scenarios" / "fever.yaml").write_text(FEVER, "utf-8")
    assert run(str(folder)) == 0
    assert capsys.readouterr().out.splitlines() == [
        "scenarios/fever.yaml: held, 19 expectations: A fever",
        "1 scenario held.",
    ]


def test_command_ends_with_1_and_names_file_line_and_code(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = FEVER.replace("TOTAL: 108.0", "TOTAL: 108.1")
    (folder / "scenarios" / "fever.yaml").write_text(wrong, "utf-8")
    (folder / "scenarios" / "late.yaml").write_text(
        FEVER.replace("nurse: NUR", "nurse: N"), "utf-8"
    )
    assert run(str(folder)) == 1
    assert capsys.readouterr().out.splitlines() == [
        "scenarios/late.yaml:3: UNKNOWN_ROLE nurse: the study has no role N",
        "scenarios/fever.yaml:18: OTHER_VALUE TOTAL: 108.1 was expected, it is 108.0.",
        "0 scenarios held, 1 did not, 1 has mistakes.",
    ]
    assert run(str(folder), "--json") == 1
    fever, late = json.loads(capsys.readouterr().out)["scenarios"]
    assert (fever["file"], fever["held"], fever["expectations"]) == (
        "scenarios/fever.yaml",
        False,
        19,
    )
    assert [(one["line"], one["code"], one["about"]) for one in fever["unheld"]] == [
        (18, "OTHER_VALUE", "TOTAL")
    ]
    assert [(one["line"], one["code"]) for one in late["mistakes"]] == [(3, "UNKNOWN_ROLE")]


def test_command_ends_with_2_without_a_folder_or_a_scenario(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(folder / "nowhere")) == 2
    assert run(str(folder)) == 2
    assert "There is no scenario to play." in capsys.readouterr().err


def test_command_speaks_polish(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = FEVER.replace("TOTAL: 108.0", "TOTAL: 108.1")
    (folder / "scenarios" / "fever.yaml").write_text(wrong, "utf-8")
    set_language("pl")
    try:
        assert run(str(folder)) == 1
    finally:
        set_language("en")
    assert capsys.readouterr().out.splitlines() == [
        "scenarios/fever.yaml:18: OTHER_VALUE TOTAL: Oczekiwano: 108.1, jest: 108.0.",
        "0 scenariuszy zgodnych, 1 niezgodny.",
    ]


# The document


def test_the_documents_example_is_played_as_it_says() -> None:
    text = DOCUMENT.read_text("utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    held = play_text(example)
    assert held.unheld == ()
    said = "scenarios/fever.yaml: held, {} expectations: {}"
    assert said.format(held.expectations, held.scenario.title) in text
    (other,) = play_text(example.replace("NEWS2.1: null", "NEWS2.1: 3")).unheld
    unknown = read_scenario(
        "scenarios/fever.yaml", example.replace("NEWS2.1", "NEWS3"), study(), ZONE
    )
    for one in (other, *unknown.mistakes):
        assert f"{one.file}:{one.line}: {one.code} {one.item}: {one.sentence}" in text


def test_the_document_names_every_code() -> None:
    named = set(re.findall(r"\| `(\w+)` \|", DOCUMENT.read_text("utf-8")))
    assert set(SCENARIO_MISTAKES) | set(UNHELD) <= named
