"""One round at the chair: vital signs, line and symptoms that fall due together.

The repeats are made when a round is opened; the answers go through ``FormEntry`` as any other.
"""

from datetime import datetime, timedelta

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.domain.infusion.items import INFUSION, VITAL_SIGNS
from msclinic.domain.values import Answer, Code, Missing
from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry, Stored
from msclinic.services.infusion.course import mark_not_done
from msclinic.services.infusion.facts import infusion_number
from msclinic.services.infusion.limits import vitals_plan
from msclinic.services.infusion.readings import Reading, readings
from msclinic.services.infusion.visit_record import FormInstance, read_visit
from msclinic.services.session import Session

__all__ = [
    "LINE_ONLY",
    "RoundEntry",
    "line_key",
    "measure_baseline_again",
    "point_key",
    "round_not_done",
    "round_readings",
]

LINE_ONLY = "L"
"""Begins the code of a round that is only a look at the line: L75 is due 75 minutes after start."""


@frozen
class RoundEntry:
    """The forms of a round, ready to be filled in.

    Attributes:
        point: Point code.
        vitals: The vital signs form, or none in a round of the line only.
        infusion: The infusion form, or none where nothing of it belongs to the round.
        reading: References of the measures, in the form's order.
        line: References of the line check; empty before the start and after the end.
        symptoms: References of the symptoms; empty before the start.
        key: Repeat key of the reading that is open; empty in a round of the line only.
        opened_at: When that reading was begun.
        new: It was begun now; otherwise it is gone on with.
        answered: Every measure of it has a value or a reason already.
    """

    point: str
    vitals: FormEntry | None
    infusion: FormEntry | None
    reading: tuple[Ref, ...]
    line: tuple[Ref, ...]
    symptoms: tuple[Ref, ...]
    key: str = ""
    opened_at: datetime | None = None
    new: bool = False
    answered: bool = False


def round_readings(
    session: Session,
    participant: str,
    visit: str,
    point: str,
    visit_key: str = "1",
    *,
    again: bool = False,
) -> RoundEntry:
    """Open a round: its repeats are there afterwards, with point and time.

    Without ``again`` the newest reading of the point is gone on with. With it a new one is begun,
    unless the former was begun within ``round_join`` minutes and nothing of it is measured yet: a
    button pressed twice leaves no empty set behind. The result says which reading is open.

    Args:
        session: Who measures.
        participant: Whose run.
        visit: Visit code.
        point: A point such as T30 or EOI+60, EXTRA, or L75 for the line only.
        visit_key: Key of a repeated visit.
        again: Measure anew; what was measured stays as it is.

    Raises:
        Refused: The role may not enter vital signs.
        UserError: There is no such point, no infusion here, or it does not run.
    """
    session.require(f"enter:{VITAL_SIGNS}")
    infusion_number(session, visit)
    with session.store.read() as reader:
        record = read_visit(reader, participant, visit, visit_key)
    line_only = point.startswith(LINE_ONLY)
    instance = record.form(INFUSION)
    started, ended = (_moment(instance, item) is not None for item in ("D01", "D07"))
    codes = session.study.codelists["VSTPT"].codes
    if (not line_only and point not in codes) or (not started and point not in ("BASE", "EXTRA")):
        raise UserError(
            "no_such_round",
            what="This round was not opened.",
            why="It is not in the schedule, or the infusion has not started.",
            what_to_do="Take an extra reading instead.",
        )
    vitals = infusion = former = None
    reading: tuple[Ref, ...] = ()
    taken = [one for one in readings(record) if one.point == point]
    if taken and not (again and _left(session, taken[-1])):
        former, again = taken[-1], False
    if not line_only:
        vitals = FormEntry(session, participant, visit, VITAL_SIGNS, visit_key)
        known = former.key if former is not None else None
        reading = _repeat(vitals, "reading", known, "VSTPT", "VSDTC", point)
    line: tuple[Ref, ...] = ()
    symptoms: tuple[Ref, ...] = ()
    if started and session.may(f"enter:{INFUSION}"):
        infusion = FormEntry(session, participant, visit, INFUSION, visit_key)
        if not ended and point != "EOI":
            key = None if again else _line(session, instance, point, line_only)
            code = "D04_POINT" if not line_only else ""
            line = _repeat(infusion, "line_check", key, code, "D04_TIME", point)
        if not line_only:
            key = None if again else point_key(instance, "symptoms", "D06_POINT", point)
            symptoms = _repeat(infusion, "symptoms", key, "D06_POINT", "D06_TIME", point)
    return RoundEntry(
        point,
        vitals,
        infusion,
        reading,
        line,
        symptoms,
        key=reading[0][1] if reading else "",
        opened_at=former.at if former is not None else session.now() if reading else None,
        new=bool(reading) and former is None,
        answered=former is not None and former.answered,
    )


def measure_baseline_again(
    session: Session, participant: str, visit: str, visit_key: str = "1"
) -> RoundEntry:
    """Measure the baseline anew: another reading, the old one stays as it is.

    The newest complete reading counts as the baseline; one that meets a hold limit voids G1
    (infusion day, section 4, BASE).

    Raises:
        Refused: The role may not enter vital signs.
        UserError: The infusion has started: what is measured now is no baseline.
    """
    session.require(f"enter:{VITAL_SIGNS}")
    with session.store.read() as reader:
        record = read_visit(reader, participant, visit, visit_key)
    if _moment(record.form(INFUSION), "D01") is not None:
        raise UserError(
            "baseline_over",
            what="No new baseline was begun.",
            why="The infusion has started; the baseline is measured before it.",
            what_to_do="Take an extra reading instead.",
        )
    return round_readings(session, participant, visit, "BASE", visit_key, again=True)


def round_not_done(
    session: Session,
    participant: str,
    visit: str,
    point: str,
    reason: str = "NOT_DONE",
    visit_key: str = "1",
) -> Stored:
    """The vital signs of a point were not taken; it becomes a deviation.

    Raises:
        Refused: The role may not enter vital signs.
        UserError: Something of the point was measured already.
    """
    session.require(f"enter:{VITAL_SIGNS}")
    infusion_number(session, visit)
    with session.store.read() as reader:
        record = read_visit(reader, participant, visit, visit_key)
    taken = point_key(record.form(VITAL_SIGNS), "reading", "VSTPT", point)
    entry = FormEntry(session, participant, visit, VITAL_SIGNS, visit_key)
    if taken is not None:
        values = (entry.value(item, taken) for item in ("SYSBP", "PULSE", "TEMP", "OXYSAT"))
        if any(value is not None and not isinstance(value, Missing) for value in values):
            raise UserError(
                "round_begun",
                what="The round was not marked as not done.",
                why="Something was measured.",
                what_to_do="Say for each measure that is missing why.",
            )
    refs = _repeat(entry, "reading", taken, "VSTPT", "VSDTC", point)
    return mark_not_done(entry, refs[0][1], reason)


def point_key(instance: FormInstance, group: str, item: str, point: str) -> str | None:
    """Repeat key of a point's newest row, or none."""
    keys = [key for key, row in instance.rows(group) if row.get(item) == Code(point)]
    return keys[-1] if keys else None


def line_key(session: Session, instance: FormInstance, minutes: int) -> str | None:
    """Repeat key of the line check nearest to a point of the line, or none near enough."""
    start = _moment(instance, "D01")
    if start is None:
        return None
    due = start + timedelta(minutes=minutes)
    near = timedelta(minutes=vitals_plan(session.study).tolerance)
    for key, row in instance.rows("line_check"):
        at = row.get("D04_TIME")
        if "D04_POINT" not in row and isinstance(at, datetime) and abs(at - due) <= near:
            return key
    return None


def _left(session: Session, former: Reading) -> bool:
    """Whether a reading is left as it is when another one is asked for."""
    minutes = timedelta(minutes=vitals_plan(session.study).round)
    fresh = former.at is not None and session.now() - former.at <= minutes
    return bool(former.typed) or not fresh


def _moment(instance: FormInstance, item: str) -> datetime | None:
    answer = instance.answers().get(item)
    return answer if isinstance(answer, datetime) else None


def _line(session: Session, instance: FormInstance, point: str, line_only: bool) -> str | None:
    if line_only:
        return line_key(session, instance, int(point.removeprefix(LINE_ONLY) or 0))
    return point_key(instance, "line_check", "D04_POINT", point)


def _repeat(
    entry: FormEntry, group: str, key: str | None, code: str, time: str, point: str
) -> tuple[Ref, ...]:
    if key is None:
        known = set(entry.keys(group))
        answers: list[tuple[Ref, Answer]] = [(entry.ref(time), entry.session.now())]
        if code:
            answers.append((entry.ref(code), Code(point)))
        stored = entry.answer_together(answers, adding=group)
        if not stored.accepted:
            raise UserError(
                "time_not_possible",
                what="This round was not opened.",
                why="By this device's clock it is earlier than what is already recorded.",
                what_to_do="Set the clock, then open the round again.",
            )
        key = next(one for one in entry.keys(group) if one not in known)
    return tuple(
        (group, key, item.oid)
        for item in entry.form.item_group(group).items
        if not item.computed and item.oid not in (code, time)
    )
