"""Scenario files read against their study; every mistake has a file, a line and a code.

Accounts, clock and open form carry over from step to step, so they are followed while reading:
what comes out can be played without looking anything up.
"""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.services.life_record import ACT_FORMS, RESCREENING
from msclinic.services.scenarios.answers import moment_of
from msclinic.services.scenarios.expect_reader import ExpectReader
from msclinic.services.scenarios.form_reader import FormReader
from msclinic.services.scenarios.model import (
    Act,
    Answers,
    Complete,
    Enrol,
    Expected,
    FormPlace,
    LifeStep,
    Said,
    Scenario,
    Sign,
    Step,
    Undo,
    VisitAct,
)
from msclinic.services.scenarios.names import Names
from msclinic.services.visits import COMMON_VISIT
from msclinic.study import Mistake, Study
from msclinic.study.reader import Place, Reader, read_yaml

__all__ = ["ACTS", "STEP_KEYS", "ScenarioFile", "read_scenario", "read_scenarios"]

FOLDER = "scenarios"
ACTS = (
    "answers",
    "complete",
    "keep",
    "override",
    "sign",
    "enrol",
    "book_visit",
    "open_visit",
    "life",
    "undo",
)
STEP_KEYS = ("at", "as", "for", "form", *ACTS, "expect", "refused", "impossible", "note")
_NUMBERS = (1, 999)
_ELSEWHERE = ("enrol", "life")  # another form or participant is acted on afterwards
_START = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?")


@frozen
class ScenarioFile:
    """One file as read.

    Attributes:
        file: Path inside the study folder.
        scenario: What will be played, or none where there are mistakes.
        mistakes: What is wrong with the file.
    """

    file: str
    scenario: Scenario | None
    mistakes: tuple[Mistake, ...]


def read_scenarios(folder: Path, study: Study, zone: ZoneInfo) -> list[ScenarioFile]:
    """Every scenario of a study folder, in order of file name.

    Args:
        folder: The study's folder.
        study: The study that was read from it.
        zone: Time zone in which the files tell times.

    Raises:
        UserError: There is no scenario.
    """
    files = sorted((folder / FOLDER).rglob("*.yaml"))
    if not files:
        raise UserError(
            "no_scenarios",
            what="There is no scenario to play.",
            why="The folder scenarios of this study holds no YAML file.",
            what_to_do="Write one; docs/scenarios.md says how.",
        )
    return [_read(path, folder, study, zone) for path in files]


def _read(path: Path, folder: Path, study: Study, zone: ZoneInfo) -> ScenarioFile:
    name = path.relative_to(folder).as_posix()
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        mistake = Mistake(name, line, "", "NOT_UTF8", "the file is not UTF-8 text")
        return ScenarioFile(name, None, (mistake,))
    return read_scenario(name, text, study, zone)


def read_scenario(name: str, text: str, study: Study, zone: ZoneInfo) -> ScenarioFile:
    """One scenario from its text; see ``read_scenarios``."""
    mistakes: list[Mistake] = []
    reader = Reader(name, mistakes)
    place = read_yaml(reader, text)
    scenario = _FileReader(reader, study, zone).read(place) if place is not None else None
    if mistakes:
        return ScenarioFile(name, None, tuple(sorted(set(mistakes))))
    return ScenarioFile(name, scenario, ())


class _FileReader:
    """Follows who acts, when and where while the steps are read."""

    def __init__(self, reader: Reader, study: Study, zone: ZoneInfo) -> None:
        self._names = Names(reader, study, zone)
        self._reader = reader
        self._study = study
        self._zone = zone
        self._now = datetime(2000, 1, 1, tzinfo=UTC)
        self._accounts: dict[str, str] = {}
        self._known: list[str] = []
        self._account = ""
        self._participant = ""
        self._place: FormPlace | None = None

    def read(self, place: Place) -> Scenario:
        """The whole file."""
        keys = self._reader.mapping(
            place, "a scenario", ("scenario", "now", "accounts", "steps"), ("participants",)
        )
        title = self._reader.text(keys.get("scenario"), "scenario")
        if (now := keys.get("now")) is not None:
            self._begin(now)
        start = self._now
        self._read_accounts(keys.get("accounts"))
        participants = self._read_participants(keys.get("participants"))
        steps = [self._step(one) for one in self._reader.sequence(keys.get("steps"), "steps")]
        return Scenario(
            self._reader.file,
            title,
            start,
            self._accounts,
            participants,
            tuple(step for step in steps if step is not None),
        )

    def _wrong(self, line: int, code: str, sentence: str, about: str = "") -> None:
        self._reader.wrong(line, code, sentence, about)

    def _begin(self, place: Place) -> None:
        text = self._reader.text(place, "now")
        if text and not _START.fullmatch(text):
            self._wrong(place.line, "WRONG_TIME", f"{text!r} is no day and time")
        elif text:
            self._turn(place)

    def _turn(self, place: Place) -> None:
        text = self._reader.text(place, "the time")
        moment = moment_of(text, self._now, self._zone) if text else None
        if moment is None:
            self._wrong(place.line, "WRONG_TIME", f"{text!r} is no time such as 2026-11-23 09:30")
        elif moment < self._now:
            self._wrong(place.line, "WRONG_TIME", f"{text!r} lies before the step above")
        else:
            self._now = moment

    def _read_accounts(self, place: Place | None) -> None:
        for name, role in self._names.mapping(place, "accounts").items():
            code = self._reader.text(role, f"the role of {name}")
            if code not in self._study.roles:
                self._wrong(role.line, "UNKNOWN_ROLE", f"the study has no role {code}", name)
            self._accounts[name] = code

    def _read_participants(self, place: Place | None) -> dict[str, int]:
        found: dict[str, int] = {}
        for name, number in self._names.mapping(place, "participants").items():
            value = self._number(number, f"the number of {name}", *_NUMBERS)
            if value is not None and value in found.values():
                self._wrong(number.line, "WRONG_VALUE", f"the number {value} is taken", name)
            found[name] = value or 0
        self._known = list(found)
        self._participant = next(iter(found), "")
        return found

    def _number(
        self, place: Place | None, what: str, low: int | None = None, high: int | None = None
    ) -> int | None:
        if place is not None and place.value is None:
            self._wrong(place.line, "WRONG_VALUE", f"{what} must be a whole number")
        return self._reader.number(place, what, low, high)

    def _step(self, place: Place) -> Step | None:
        keys = self._reader.mapping(place, "a step", (), STEP_KEYS)
        if not keys:
            if isinstance(place.value, dict):
                self._wrong(place.line, "EMPTY_STEP", "this step is empty")
            return None
        if "at" in keys:
            self._turn(keys["at"])
        self._take_account(keys.get("as"))
        self._take_participant(keys.get("for"))
        if "form" in keys:
            self._take_form(keys["form"])
        given = [key for key in ACTS if key in keys]
        for key in given[1:]:
            self._wrong(keys[key].line, "TWO_ACTS", f"{given[0]} and {key} are two steps")
        for key in _ELSEWHERE:
            if key in given and "form" in keys:
                self._wrong(keys[key].line, "TWO_ACTS", f"form and {key} are two steps")
        line = place.line
        does = "form" in keys or bool(given)
        if (does or "expect" in keys) and not self._account:
            self._wrong(line, "NO_ACCOUNT", "nobody acts yet; say who with as")
        act = self._act(given[0], keys[given[0]], refused="refused" in keys) if given else None
        if "form" in keys and act is None and not self._participant:
            self._wrong(line, "NO_PARTICIPANT", "the form is nobody's; name participants first")
        expected = self._expected(keys["expect"]) if "expect" in keys else None
        refused = self._names.said(keys.get("refused"), "refused")
        if refused is not None and not does:
            self._wrong(refused.line, "EMPTY_STEP", "there is nothing to refuse in this step")
        return Step(
            line=line,
            at=self._now,
            account=self._account,
            participant=self._participant,
            place=self._place,
            opens="form" in keys,
            act=act,
            expected=expected,
            refused=refused,
            impossible=self._impossible(keys.get("impossible"), act),
        )

    def _take_account(self, place: Place | None) -> None:
        if place is None:
            return
        self._account = self._reader.text(place, "as")
        if self._account not in self._accounts:
            sentence = f"accounts names no {self._account!r}"
            self._wrong(place.line, "UNKNOWN_ACCOUNT", sentence, self._account)

    def _take_participant(self, place: Place | None) -> None:
        if place is None:
            return
        name = self._reader.text(place, "for")
        if name not in self._known:
            self._wrong(place.line, "UNKNOWN_PARTICIPANT", f"there is no {name!r} yet", name)
        if name != self._participant:
            self._participant, self._place = name, None

    def _take_form(self, place: Place) -> None:
        keys = self._reader.mapping(place, "form", ("visit", "form"), ("key", "visit_key"))
        visit = self._names.visit(keys.get("visit"))
        oid = self._reader.text(keys.get("form"), "form")
        if "form" in keys and oid not in self._study.forms:
            self._wrong(keys["form"].line, "UNKNOWN_FORM", f"the study has no form {oid}", oid)
        self._place = None
        if visit and oid in self._study.forms:
            self._place = FormPlace(
                visit, self._key(keys, "visit_key"), oid, self._key(keys, "key")
            )

    def _key(self, keys: dict[str, Place], name: str) -> str:
        return self._reader.text(keys.get(name), name) or "1"

    def _act(self, key: str, place: Place, *, refused: bool) -> Act | None:
        if key == "enrol":
            return self._enrol(place, refused=refused)
        if not self._participant:
            self._wrong(place.line, "NO_PARTICIPANT", "this is about nobody; enrol one first")
            return None
        if key == "life":
            return self._life(place, refused=refused)
        if key in ("book_visit", "open_visit"):
            return self._visit_act(key, place)
        if key == "complete":
            if place.value is not True:
                self._wrong(place.line, "WRONG_VALUE", "write complete: true")
            return Complete() if self._form(place) is not None else None
        if key == "sign":
            meaning = self._names.meaning(place)
            return Sign(meaning) if self._form(place) is not None else None
        if key == "undo":
            parts = self._reader.mapping(place, "undo", ("reason",))
            reason = self._reader.text(parts.get("reason"), "reason")
            return Undo(reason) if self._form(place) is not None else None
        form = self._form(place)
        if form is None:
            return None
        if key == "answers":
            return form.answers(place)
        return form.keep(place) if key == "keep" else form.override(place)

    def _form(self, place: Place) -> FormReader | None:
        if self._place is None:
            self._wrong(place.line, "NO_FORM", "no form is open; open one with form")
            return None
        form = self._study.form(self._place.form)
        return FormReader(self._reader, form, self._now, self._zone)

    def _life(self, place: Place, *, refused: bool) -> LifeStep | None:
        keys = self._reader.mapping(place, "life", ("act", "answers"), ("name", "number"))
        act = self._reader.text(keys.get("act"), "act")
        if "act" in keys and (act not in ACT_FORMS or act not in self._study.forms):
            sentence = f"{act!r} is none of {', '.join(ACT_FORMS)}"
            self._wrong(keys["act"].line, "UNKNOWN_ACT", sentence, act)
        if act not in ACT_FORMS or act not in self._study.forms:
            return None
        form_key, about = f"line {place.line}", self._participant
        name, number = self._reader.text(keys.get("name"), "name"), 0
        if (act == RESCREENING) != (name != "" and "number" in keys):
            self._wrong(place.line, "WRONG_VALUE", "name and number belong to rescreening", act)
        if act == RESCREENING:
            number = self._number(keys.get("number"), "number") or 0
        place_of_act = FormPlace(COMMON_VISIT, "1", act, form_key)
        reader = FormReader(self._reader, self._study.form(act), self._now, self._zone)
        answers = reader.life(keys.get("answers"))
        types = {given.place.item: type(given.answer) for given in answers}
        if act == RESCREENING and (types.get("DSSTDAT"), types.get("DSTERM")) != (date, str):
            self._wrong(place.line, "MISSING_KEY", "rescreening needs DSSTDAT and DSTERM", act)
        if not refused:
            self._place = place_of_act
            if name:
                self._known.append(name)
                self._participant, self._place = name, None
        return LifeStep(about, act, form_key, answers, name, number)

    def _enrol(self, place: Place, *, refused: bool) -> Enrol:
        keys = self._reader.mapping(place, "enrol", ("name", "number"))
        name = self._reader.text(keys.get("name"), "name")
        number = self._number(keys.get("number"), "number")
        if "name" in keys and (not name or name in self._known):
            self._wrong(keys["name"].line, "WRONG_VALUE", f"{name!r} is no new name", name)
        elif name and not refused:
            self._known.append(name)
            self._participant, self._place = name, None
        return Enrol(name, number if number is not None else 0)

    def _visit_act(self, key: str, place: Place) -> VisitAct:
        opens, day = key == "open_visit", self._now.astimezone(self._zone).date()
        if isinstance(place.value, str):
            return VisitAct(opens, self._names.visit(place), "1", day)
        keys = self._reader.mapping(place, key, ("visit",), ("day", "visit_key"))
        chosen = self._names.day(keys.get("day"), self._now) or day
        return VisitAct(
            opens, self._names.visit(keys.get("visit")), self._key(keys, "visit_key"), chosen
        )

    def _impossible(self, place: Place | None, act: Act | None) -> Said | None:
        said = self._names.said(place, "impossible")
        if said is None:
            return None
        one = isinstance(act, Answers) and [type(given).__name__ for given in act.given] == [
            "Given"
        ]
        if not one:
            self._wrong(said.line, "ONE_ANSWER", "impossible needs a step with exactly one answer")
        elif place is not None and (form := self._form(place)) is not None:
            form.demand_impossible(said)
        return said

    def _expected(self, place: Place) -> Expected:
        reader = ExpectReader(self._names, self._now)
        if not self._participant:
            self._wrong(place.line, "NO_PARTICIPANT", "nobody is looked at; name participants")
        form = self._form(place) if reader.asks_for_form(place) else None
        return reader.read(place, form)
