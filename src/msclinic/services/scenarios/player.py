"""Plays scenarios: each step through the same services as the window, then what should be true.

A step that is refused against expectation ends its scenario; what followed would only mislead.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path

from attrs import frozen

from msclinic.domain.errors import KnownFault, UserError
from msclinic.forms.definitions import GATES
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.signing_gates import sign_gate
from msclinic.services.life import perform, rescreen, sign_act, undo
from msclinic.services.life_record import LIFE_MEANING, RANDOMISATION, RESCREENING
from msclinic.services.neuro import ExamEntry, sign_exam
from msclinic.services.participants import enrol
from msclinic.services.randomising import randomise
from msclinic.services.scenarios.expectations import Looked, exam_findings, look
from msclinic.services.scenarios.model import (
    Act,
    Answers,
    Complete,
    Enrol,
    FormPlace,
    Given,
    ItemPlace,
    Keep,
    LifeStep,
    NewRepeat,
    Override,
    Scenario,
    Sign,
    Step,
    Undo,
    VisitAct,
)
from msclinic.services.scenarios.stage import (
    PASSWORD,
    Stage,
    Template,
    TurningClock,
    build_template,
)
from msclinic.services.session import Session
from msclinic.services.signing import sign
from msclinic.services.visits import COMMON_VISIT, book_visit, open_visit
from msclinic.study import Mistake, Study
from msclinic.wording import current_language, filled, tr

__all__ = ["Played", "TurningClock", "play_scenarios"]

_OWN_WORDS = "0"
_EXAM = "exam"


@frozen
class Played:
    """What became of one scenario.

    Attributes:
        scenario: What was played.
        expectations: How many things were looked at.
        unheld: What did not hold, by line.
    """

    scenario: Scenario
    expectations: int
    unheld: tuple[Mistake, ...]


class _NotPlayed(Exception):
    """The scenario cannot go on; what did not hold is noted."""


def play_scenarios(
    scenarios: Iterable[Scenario],
    study: Study,
    study_folder: Path,
    clock: Callable[[datetime], TurningClock],
) -> list[Played]:
    """Play scenarios, each in a clinic of its own that is thrown away afterwards.

    Args:
        scenarios: As read.
        study: The study they were read against.
        study_folder: Where it was read from.
        clock: Makes a clock that stands at a moment.
    """
    wanted = list(scenarios)
    if not wanted:
        return []
    with tempfile.TemporaryDirectory(prefix="msclinic-") as place:
        folder = Path(place)
        template = build_template(folder / "template", study, study_folder, wanted, clock)
        return [
            _play(template, folder / str(number), one, clock(one.start))
            for number, one in enumerate(wanted, start=1)
        ]


def _play(template: Template, folder: Path, scenario: Scenario, clock: TurningClock) -> Played:
    stage = Stage.copied(template, folder, clock, scenario)
    try:
        return _Player(stage, scenario).play()
    finally:
        stage.close()
        shutil.rmtree(folder)


class _Player:
    """One scenario on its stage."""

    def __init__(self, stage: Stage, scenario: Scenario) -> None:
        self._stage = stage
        self._scenario = scenario
        self._looked = Looked(scenario.file)

    def play(self) -> Played:
        """Every step in order."""
        try:
            for step in self._scenario.steps:
                self._step(step)
        except _NotPlayed:
            pass
        return Played(self._scenario, self._looked.count, tuple(sorted(self._looked.unheld)))

    def _step(self, step: Step) -> None:
        self._stage.clock.turn_to(step.at)
        if step.act is not None or step.opens:
            self._do(step)
        if step.expected is None:
            return
        session, participant = self._session(step), self._stage.participants[step.participant]
        try:
            entry = self._entry(step) if step.place is not None else None
        except UserError as error:
            self._unheld(step.line, "REFUSED", _sentence(error), error.code)
            raise _NotPlayed from error
        look(self._looked, session, participant, entry, step.expected)

    def _do(self, step: Step) -> None:
        try:
            if step.opens:
                self._entry(step)
            if step.act is not None:
                self._act(step, step.act)
        except KnownFault:
            raise
        except UserError as error:
            if step.refused is None:
                self._unheld(step.line, "REFUSED", _sentence(error), error.code)
                raise _NotPlayed from error
            self._looked.count += 1
            if error.code != step.refused.text:
                sentence = tr(
                    "{wanted} was expected, it is {found}.",
                    wanted=step.refused.text,
                    found=error.code,
                )
                self._unheld(step.refused.line, "OTHER_REFUSAL", sentence)
            return
        if step.refused is not None:
            self._looked.count += 1
            sentence = tr("The program did it; {wanted} was expected.", wanted=step.refused.text)
            self._unheld(step.refused.line, "NOT_REFUSED", sentence)

    def _act(self, step: Step, act: Act) -> None:
        session = self._session(step)
        match act:
            case Enrol(name, number):
                # The name counts from here on only if the program takes the number.
                self._stage.participants[name] = enrol(session, number)
            case VisitAct():
                self._visit(session, step, act)
            case Answers(given):
                self._answers(step, given)
            case Complete():
                self._entry(step).complete()
            case Keep(place, finding, reason):
                self._keep(step, place, finding, reason)
            case Override(place, reason):
                entry = self._entry(step)
                entry.override(self._ref(entry, place), reason)
            case Sign(meaning):
                self._sign(session, step, meaning)
            case LifeStep():
                self._live(session, act)
            case Undo(reason):
                entry = self._entry(step)
                undo(session, entry.participant, entry.prefix, reason, PASSWORD)

    def _visit(self, session: Session, step: Step, act: VisitAct) -> None:
        participant = self._stage.participants[step.participant]
        if not act.opens:
            book_visit(session, participant, act.visit, act.day)
            return
        key = self._stage.visit_key(participant, act.visit, act.key)
        open_visit(session, participant, act.visit, act.day, key=key)

    def _answers(self, step: Step, given: Iterable[Given | NewRepeat]) -> None:
        entry = self._entry(step)
        for one in given:
            if isinstance(one, Given):
                self._answer(step, entry, one, self._ref(entry, one.place)[1])
                continue
            key = self._looked.add_repeat(entry, one.group)
            for single in one.answers:
                self._answer(step, entry, single, key)

    def _answer(self, step: Step, entry: FormEntry, given: Given, key: str) -> None:
        place = given.place
        stored = entry.answer((place.group, key, place.item), given.answer)
        codes = [finding.code for finding in stored.findings]
        if step.impossible is None:
            if not stored.accepted:
                said = stored.findings[0].message.get(current_language(), "")
                self._unheld(place.line, "IMPOSSIBLE", f"{', '.join(codes)}: {said}", str(place))
                raise _NotPlayed
            return
        self._looked.count += 1
        wanted = step.impossible
        if stored.accepted:
            sentence = tr("The program did it; {wanted} was expected.", wanted=wanted.text)
            self._unheld(wanted.line, "NOT_IMPOSSIBLE", sentence, str(place))
        elif wanted.text not in codes:
            sentence = tr(
                "{wanted} was expected, it is {found}.", wanted=wanted.text, found=", ".join(codes)
            )
            self._unheld(wanted.line, "OTHER_IMPOSSIBLE", sentence, str(place))

    def _keep(self, step: Step, place: ItemPlace, finding: str, reason: str) -> None:
        entry = self._entry(step)
        ref = self._ref(entry, place)
        for one in exam_findings(entry, ref):
            if one.code == finding:
                exam = ExamEntry(entry.session, entry.participant, entry.visit, entry.visit_key)
                exam.keep(one, _OWN_WORDS, reason)
                return
        entry.keep([ref], finding, _OWN_WORDS, reason)

    def _sign(self, session: Session, step: Step, meaning: str) -> None:
        place = _form_of(step)
        participant = self._stage.participants[step.participant]
        visit_key = self._stage.visit_key(participant, place.visit, place.visit_key)
        if meaning == _EXAM:
            sign_exam(session, participant, place.visit, visit_key, PASSWORD)
        elif meaning == LIFE_MEANING and place.form == RANDOMISATION:
            randomise(session, participant, PASSWORD)
        elif meaning == LIFE_MEANING:
            sign_act(session, participant, self._entry(step).prefix, PASSWORD)
        elif meaning in GATES:
            sign_gate(session, participant, place.visit, meaning, PASSWORD, visit_key)
        else:
            sign(session, participant, self._entry(step).prefix, meaning, PASSWORD)

    def _live(self, session: Session, act: LifeStep) -> None:
        participant = self._stage.participants[act.participant]
        answers = {given.place.item: given.answer for given in act.answers}
        if act.act == RESCREENING:
            day, why = answers.get("DSSTDAT"), answers.get("DSTERM")
            if not isinstance(day, date) or not isinstance(why, str):
                raise ValueError("re-screening needs a day and words")
            new = rescreen(session, participant, act.number, day, why, PASSWORD)
            self._stage.participants[act.name] = new
            return
        scope = perform(session, participant, act.act, answers, PASSWORD)
        place = FormPlace(COMMON_VISIT, "1", act.act, act.form_key)
        self._stage.know(participant, place, scope.rsplit("/", 1)[1])

    def _entry(self, step: Step) -> FormEntry:
        place = _form_of(step)
        participant = self._stage.participants[step.participant]
        return FormEntry(
            self._session(step),
            participant,
            place.visit,
            place.form,
            self._stage.visit_key(participant, place.visit, place.visit_key),
            self._stage.form_key(participant, place),
        )

    def _ref(self, entry: FormEntry, place: ItemPlace) -> tuple[str, str, str]:
        ref = self._looked.ref(entry, place)
        if ref is None:
            raise _NotPlayed
        return ref

    def _session(self, step: Step) -> Session:
        return self._stage.session(self._stage.people[step.account])

    def _unheld(self, line: int, code: str, sentence: str, about: str = "") -> None:
        self._looked.note(line, code, about, sentence)


def _form_of(step: Step) -> FormPlace:
    if step.place is None:
        raise ValueError("a step without a form does nothing to one")
    return step.place


def _sentence(error: UserError) -> str:
    return " ".join(filled(part, error.parameters) for part in error.sentences)
