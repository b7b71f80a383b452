"""What eligibility, re-consent and randomisation look at, read from the whole record.

What is not known is left out. EDSS counts only from an exam that a valid signature stands under.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date
from decimal import Decimal

from msclinic.domain.eligibility import Episode, recent_episodes
from msclinic.domain.values import Answer, Code, Missing, PartialDate, from_json
from msclinic.services.life_record import read_life
from msclinic.services.rating import EXAM, exam_signature
from msclinic.services.session import Session
from msclinic.services.visit_calendar import visit_day
from msclinic.store import Head, Reader

__all__ = ["ELIGIBILITY", "ELIGIBILITY_NAMES", "eligibility_context"]

ELIGIBILITY = "eligibility"
_SCREENING = "SCR"
_MONTHS = "ex01_months"
_EX01 = frozenset({"RECENT_RELAPSE_OR_STEROID", "LAST_RELAPSE_OR_STEROID", "EX01_UNDECIDED"})
_SIGNED_EXAM = frozenset({"EDSS_SIGNED", "SIGNED_EDSS"})
_YEAR = 12
_STEROID = Code("STEROID")
_DECISION = frozenset({"ELIGIBLE", "ELIGIBILITY_SIGNED"})
_EARLIER = frozenset({"CONSENT_DATE", "CONSENT_BEFORE", "RANDOMISATION_NUMBER", "MRI_IMAGES"})
ELIGIBILITY_NAMES = _EX01 | _SIGNED_EXAM | _DECISION | _EARLIER


def eligibility_context(
    session: Session,
    reader: Reader,
    participant: str,
    visit: str,
    visit_key: str,
    names: Set[str],
) -> dict[str, Answer | bool]:
    """Of these facts the ones that are asked for and known, by context name.

    Args:
        session: Whose study and zone count.
        reader: The record as it is now.
        participant: Random id.
        visit: The visit whose form asks.
        visit_key: Key of that visit.
        names: What is asked for.
    """
    found: dict[str, Answer | bool] = {}
    if names & _EARLIER:
        found |= _earlier(reader, participant, visit, visit_key)
    if names & _SIGNED_EXAM:
        found |= _exam(reader, participant, visit, visit_key)
    if names & _EX01:
        found |= _relapse_or_steroid(session, reader, participant)
    if names & _DECISION:
        found |= _decision(reader, participant, visit, visit_key)
    return found


def _earlier(
    reader: Reader, participant: str, visit: str, visit_key: str
) -> dict[str, Answer | bool]:
    found: dict[str, Answer | bool] = {}
    own = f"{visit}/{visit_key}/"
    signed = reader.heads(participant=participant, form="consent", item="CONSENT_VERSION")
    before = [
        (head.recorded_at, version)
        for head in signed
        if not head.path.startswith(own) and isinstance(version := _answer(head), str)
    ]
    if before:
        found["CONSENT_BEFORE"] = max(before)[1]
    days = [
        day
        for head in reader.heads(participant=participant, form="consent", item="DSSTDAT")
        if isinstance(day := _answer(head), date)
    ]
    if days:
        found["CONSENT_DATE"] = min(days)
    for name, form, item, prefix in (
        ("RANDOMISATION_NUMBER", "randomisation", "RANDNO", ""),
        ("MRI_IMAGES", "mri", "PRREFID", own),
    ):
        for head in reader.heads(participant=participant, form=form, item=item):
            if head.path.startswith(prefix) and isinstance(text := _answer(head), str):
                found[name] = text
    return found


def _exam(reader: Reader, participant: str, visit: str, visit_key: str) -> dict[str, Answer | bool]:
    prefix = f"{visit}/{visit_key}/{EXAM}/1"
    signature = exam_signature(reader, participant, prefix)
    if signature is None or not signature.valid:
        return {"EDSS_SIGNED": False}
    found: dict[str, Answer | bool] = {"EDSS_SIGNED": True}
    for head in reader.heads(participant=participant, form=EXAM, item="EDSS"):
        step = _answer(head) if head.path.startswith(prefix + "/") else None
        if isinstance(step, Code):
            found["SIGNED_EDSS"] = Decimal(step.value)
    return found


def _relapse_or_steroid(
    session: Session, reader: Reader, participant: str
) -> dict[str, Answer | bool]:
    screening = visit_day(reader, participant, _SCREENING)
    months = session.study.settings.get(_MONTHS)
    if screening is None or months is None:
        return {"EX01_UNDECIDED": True}
    within = int(str(months.value))
    episodes = [
        episode
        for one in _codes(session, reader, participant)
        for episode in (
            *_relapses(_log(reader, one, "relapse")),
            *_steroids(_log(reader, one, "concomitant_medication")),
            *_told(_log(reader, one, "ms_history"), within),
        )
    ]
    recent = recent_episodes(episodes, screening, within)
    found: dict[str, Answer | bool] = {"EX01_UNDECIDED": recent.found is None}
    if recent.found is not None:
        found["RECENT_RELAPSE_OR_STEROID"] = recent.found
    if recent.last is not None:
        found["LAST_RELAPSE_OR_STEROID"] = recent.last
    return found


def _codes(session: Session, reader: Reader, participant: str) -> Iterator[str]:
    """The participant's own record and those that it follows after re-screening.

    EX01 (trial eligibility) asks about the person: a relapse or a corticosteroid that was recorded
    under an earlier code stays a reason, whatever code the person has now.
    """
    seen: set[str] = set()
    one: str | None = participant
    while one is not None and one not in seen:
        seen.add(one)
        yield one
        one = read_life(session, reader, one).earlier


def _relapses(log: Iterable[Mapping[str, Answer]]) -> Iterator[Episode]:
    """Relapses by their start, and the corticosteroids that were given for them."""
    for answers in log:
        start = _day(answers.get("CESTDAT"))
        yield Episode(start, start)
        if answers.get("CESTEROID") == Code("Y"):
            yield Episode(_day(answers.get("CESTEROID_START")), _day(answers.get("CESTEROID_END")))


def _steroids(log: Iterable[Mapping[str, Answer]]) -> Iterator[Episode]:
    """Corticosteroids, and medicines of which nobody knows yet that they are none."""
    for answers in log:
        group = answers.get("CMCLASS")
        if isinstance(group, Code) and group != _STEROID:
            continue
        # An end that no longer applies, as after "still taken: unknown", is none.
        end = _day(answers.get("CMENDAT")) if answers.get("CMONGO") == Code("N") else None
        yield Episode(
            _day(answers.get("CMSTDAT")),
            end,
            ongoing=answers.get("CMONGO") == Code("Y"),
            certain=group == _STEROID,
        )


def _told(histories: Iterable[Mapping[str, Answer]], months: int) -> Iterator[Episode]:
    """The last relapse as told at screening; without a day it is open unless the year had none."""
    for answers in histories:
        last, count = answers.get("MS_LAST_RELAPSE"), answers.get("MS_RELAPSES_1Y")
        day = _day(last)
        if day is not None:
            yield Episode(day, day)
            continue
        ruled_out = count == 0 and months <= _YEAR
        if not ruled_out and (last == Missing("UNKNOWN") or count not in (None, 0)):
            yield Episode(None, None)


def _decision(
    reader: Reader, participant: str, visit: str, visit_key: str
) -> dict[str, Answer | bool]:
    prefix = f"{visit}/{visit_key}/{ELIGIBILITY}/1"
    rows = reader.signatures(participant=participant, meaning=ELIGIBILITY)
    own = [row for row in rows if row.scope == prefix and row.status == "valid"]
    found: dict[str, Answer | bool] = {"ELIGIBILITY_SIGNED": bool(own)}
    for head in reader.heads(participant=participant, form=ELIGIBILITY, item="IEYN"):
        answer = _answer(head) if head.path.startswith(prefix + "/") else None
        if isinstance(answer, Code):
            found["ELIGIBLE"] = answer == Code("Y")
    return found


def _log(reader: Reader, participant: str, form: str) -> list[Mapping[str, Answer]]:
    """Answers by item of every form of a kind, those entered in error left out."""
    forms: dict[str, dict[str, Answer]] = {}
    wrong: set[str] = set()
    for head in reader.heads(participant=participant, form=form):
        parts = head.path.split("/")
        prefix = "/".join(parts[:4])
        if len(parts) == 4 and (head.value or {}).get("value") == "entered_in_error":
            wrong.add(prefix)
        answer = _answer(head) if len(parts) == 7 else None
        if answer is not None:
            forms.setdefault(prefix, {})[parts[6]] = answer
    return [answers for prefix, answers in forms.items() if prefix not in wrong]


def _answer(head: Head) -> Answer | None:
    return None if head.value is None else from_json(head.value)


def _day(answer: Answer | None) -> date | PartialDate | None:
    return answer if isinstance(answer, date | PartialDate) else None
