"""Today at the clinic: who is here or expected, how far each run is, and what falls due next.

The rater learns nothing of infusions here, the preparer nothing of outcomes, and the lock screen
gets chairs and minutes only.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

from attrs import frozen

from msclinic.domain.infusion.checklist import Blocker
from msclinic.domain.infusion.items import INFUSION
from msclinic.domain.infusion.run import run_state
from msclinic.domain.infusion.timers import call_timers, timers
from msclinic.domain.values import instant_text
from msclinic.domain.visits import VisitWindow, visit_window, window_status
from msclinic.services.exam_lists import planned_visit
from msclinic.services.infusion.gates import Run, gate_of, read_run
from msclinic.services.infusion.schedule import all_rounds, planned_end
from msclinic.services.infusion.view import phase_of, run_findings
from msclinic.services.infusion.view_model import PHASES
from msclinic.services.participants import Identity, identities, masked_rater
from msclinic.services.session import Session
from msclinic.services.visit_calendar import START, anchor_of, infusion_dates, plan_of
from msclinic.store import LAST, Head, Reader

__all__ = ["ChairDue", "Due", "TodayCard", "TodayView", "next_due", "today_view"]

_AHEAD = timedelta(hours=2)
_CALLS_FOR = timedelta(days=30)
_NOT_YET = frozenset(
    {
        "UNANSWERED",
        "VITALS_INCOMPLETE",
        "CHECK_MISSING",
        "CHECK_NOT_FINISHED",
        "NOT_CONFIRMED",
        "G1_NOT_PASSED",
        "G2_NOT_PASSED",
        "G3_NOT_PASSED",
        "NO_PRODUCT",
        "REASON_WANTED",
        "USE_BEFORE_TOO_SOON",
        "BASELINE_OLD",
        "NOT_ARRIVED",
        "GATE_UNSIGNED",
        "DEVIATIONS_OPEN",
        "OPEN_ITEM",
        "NOT_ENDED",
        "OBSERVATION_SHORT",
        "POINT_UNREPORTED",
    }
)
"""What is only still to be done is no block; a block is a finding that somebody has to decide."""
_TODAY_STATES = ("booked", "open", "closed")


@frozen
class Due:
    """Something that falls due.

    Attributes:
        at: When, UTC.
        kind: round, end, observation, use_before, gate or call.
        label: Words by language.
        participant: Whose.
        code: The participant's code.
        visit: Visit code.
        chair: Chair, or none.
        point: Point of a round, or empty.
        late: It is past.
    """

    at: datetime
    kind: str
    label: Mapping[str, str]
    participant: str
    code: str
    visit: str
    chair: int | None
    point: str = ""
    late: bool = False


@frozen
class TodayCard:
    """One participant today.

    Attributes:
        identity: The banner.
        visit: Visit code.
        visit_key: Key of the visit.
        title: Name of the visit by language.
        infusion: Number of the infusion; none without one, and for raters.
        window: Days the visit is meant for.
        position: early, inside or late of the window; empty without one.
        chair: Chair, or none.
        status: booked, open or closed.
        state: State of the run, or empty.
        phase: Phase of the run, or empty.
        segments: done, now, blocked or to_come for each of the six phases; empty without a run.
        due: What falls due next, or none.
        blocked_by: Gate that is shut by a finding, or empty; STOP where a stop rule holds.
        blockers: What blocks, in words.
    """

    identity: Identity
    visit: str
    visit_key: str
    title: Mapping[str, str]
    infusion: int | None
    window: VisitWindow | None
    position: str
    chair: int | None
    status: str
    state: str = ""
    phase: str = ""
    segments: tuple[str, ...] = ()
    due: Due | None = None
    blocked_by: str = ""
    blockers: tuple[Blocker, ...] = ()


@frozen
class TodayView:
    """The day.

    Attributes:
        day: The local day.
        now: The moment.
        cards: Everyone booked or here today, by chair, then code.
        due: What falls due within two hours, late things first.
        expected: How many are booked or here.
        running: How many infusions run or are paused.
        blocked: How many are blocked.
        to_come: How many have not arrived.
    """

    day: date
    now: datetime
    cards: tuple[TodayCard, ...]
    due: tuple[Due, ...]
    expected: int
    running: int
    blocked: int
    to_come: int


@frozen
class ChairDue:
    """What the lock screen may say: a chair and minutes, nothing else.

    Attributes:
        chair: Chair number.
        minutes: Minutes left; negative when late.
        at: The moment, so that the minutes can be counted again.
        participant: Random id of who sits there; never shown.
        visit: Visit of the run; never shown.
    """

    chair: int
    minutes: int
    at: datetime
    participant: str
    visit: str


def today_view(session: Session) -> TodayView:
    """Read the day as far as the role may see it."""
    now = session.now()
    day = now.astimezone(session.zone).date()
    cards: list[TodayCard] = []
    due: list[Due] = []
    if _sees_participants(session):
        calls = session.may("read:call")
        with session.store.read() as reader:
            visits = _visits_today(session, reader, day)
            treated = _lately_treated(reader, now) if calls else set()
        people = identities(session, visits.keys() | treated)
        with session.store.read() as reader:
            for who in people:
                for code, head in visits.get(who.participant, {}).items():
                    card, falls = _card(session, reader, who, code, head, day)
                    if card is not None:
                        cards.append(card)
                        due.extend(falls)
                if who.participant in treated:
                    due.extend(_calls(session, reader, who, now))
    cards.sort(key=lambda card: (card.chair or 99, card.identity.code))
    soon = sorted((one for one in due if one.at <= now + _AHEAD), key=lambda one: one.at)
    return TodayView(
        day=day,
        now=now,
        cards=tuple(cards),
        due=tuple(soon),
        expected=len(cards),
        running=sum(card.state in ("RUNNING", "PAUSED") for card in cards),
        blocked=sum(bool(card.blocked_by) for card in cards),
        to_come=sum(card.status == "booked" for card in cards),
    )


def next_due(session: Session) -> tuple[ChairDue, ...]:
    """What falls due at each chair next, for the lock screen: no code, no finding, no words."""
    if masked_rater(session):
        return ()
    now = session.now()
    first: dict[int, Due] = {}
    for one in today_view(session).due:
        if one.chair is not None and one.kind != "gate":
            first[one.chair] = min(one, first.get(one.chair, one), key=lambda due: due.at)
    return tuple(
        ChairDue(chair, (due.at - now) // timedelta(minutes=1), due.at, due.participant, due.visit)
        for chair, due in sorted(first.items())
    )


def _sees_participants(session: Session) -> bool:
    rights = ("read:fit_to_dose", "enter:product_release", "read:edss")
    return any(session.may(right) for right in rights)


def _visits_today(session: Session, reader: Reader, day: date) -> dict[str, dict[str, Head]]:
    """Visits booked or held on a day, by participant and code, in the study's order."""
    seen = [
        visit.code
        for visit in session.study.visits
        if visit.kind == "scheduled"
        and not (
            masked_rater(session)
            and not any(session.may(f"read:{planned.form}") for planned in visit.forms)
        )
    ]
    heads = reader.saying("", "", [f"{status} {day.isoformat()}" for status in _TODAY_STATES])
    found: dict[str, dict[str, Head]] = {}
    for code in seen:
        for head in heads:
            if head.path == f"{code}/1" and head.participant is not None:
                found.setdefault(head.participant, {}).setdefault(code, head)
    return found


def _lately_treated(reader: Reader, now: datetime) -> set[str]:
    """Everyone with an infusion so recent that its calls may fall due."""
    since = instant_text(now - _CALLS_FOR - timedelta(days=2))
    heads = reader.between(INFUSION, START, since, LAST)
    return {head.participant for head in heads if head.participant is not None}


def _card(
    session: Session, reader: Reader, who: Identity, code: str, head: Head, day: date
) -> tuple[TodayCard | None, list[Due]]:
    visit = session.study.visit(code)
    value = head.value or {}
    window = visit_window(plan_of(session, code), anchor_of(session, reader, who.participant))
    rater = masked_rater(session)
    full = session.may("read:fit_to_dose")
    if not full and not rater and not visit.infusion:
        return None, []
    chair, titles = value.get("chair"), visit.title.by_language
    card = TodayCard(
        identity=who,
        visit=code,
        visit_key="1",
        # Titles of the schedule tell of infusions.
        title=dict.fromkeys(titles, planned_visit(session, code)) if rater else titles,
        infusion=None if rater else visit.infusion,
        window=window,
        position=window_status(window, day) if window is not None else "",
        chair=int(str(chair)) if chair and not rater else None,
        status=str(value.get("status", "booked")),
    )
    if rater or not full or not visit.infusion:
        return card, []
    run = read_run(session, reader, who.participant, code)
    return _with_run(session, card, run)


def _with_run(session: Session, card: TodayCard, run: Run) -> tuple[TodayCard, list[Due]]:
    state = run_state(run.facts).name
    phase = phase_of(run, state) if state not in ("PLANNED", "DEFERRED", "CANCELLED") else ""
    gate, blockers = _blocked(session, run, state)
    falls = list(_falls(session, card, run, state))
    segments = tuple(_segments(phase, state, bool(gate)))
    first = min(falls, key=lambda one: one.at, default=None)
    return (
        TodayCard(
            identity=card.identity,
            visit=card.visit,
            visit_key=card.visit_key,
            title=card.title,
            infusion=card.infusion,
            window=card.window,
            position=card.position,
            chair=card.chair,
            status=card.status,
            state=state,
            phase=phase,
            segments=segments,
            due=first,
            blocked_by=gate,
            blockers=blockers,
        ),
        falls,
    )


def _segments(phase: str, state: str, blocked: bool) -> Iterator[str]:
    reached = PHASES.index(phase) if phase else -1
    for place, _ in enumerate(PHASES):
        if state == "SIGNED" or place < reached:
            yield "done"
        elif place == reached:
            yield "blocked" if blocked else "now"
        else:
            yield "to_come"


def _blocked(session: Session, run: Run, state: str) -> tuple[str, tuple[Blocker, ...]]:
    if state in ("PLANNED", "DEFERRED", "CANCELLED", "SIGNED"):
        return "", ()
    if state in ("RUNNING", "PAUSED"):
        stops = tuple(
            Blocker(found.code, found.path, found.message["en"], found.message["pl"])
            for found in run_findings(run)
        )
        return ("STOP", stops) if stops else ("", ())
    names = {"ARRIVED": ("G1",), "FIT": ("G1", "G2"), "REQUESTED": ("G2",)}
    waiting = {"AT_BEDSIDE": ("G3",), "VERIFIED": ("G4",)}
    after = {"ENDED": ("G6",), "OBSERVING": ("G6",), "DISCHARGED": ("G7",)}
    for name in (names | waiting | after).get(state, ()):
        status = gate_of(session, run, name)
        found = tuple(b for b in status.blockers if b.code not in _NOT_YET)
        if status.status == "shut" and found:
            return name, found
    return "", ()


def _falls(session: Session, card: TodayCard, run: Run, state: str) -> Iterator[Due]:
    now = run.facts.now
    if state in ("SIGNED", "DISCHARGED", "PLANNED", "DEFERRED", "CANCELLED"):
        return

    def due(at: datetime, kind: str, label: Mapping[str, str], point: str = "") -> Due:
        return Due(
            at=at,
            kind=kind,
            label=label,
            participant=card.identity.participant,
            code=card.identity.code,
            visit=card.visit,
            chair=card.chair,
            point=point,
            late=at < now,
        )

    if run.facts.started_at is not None:
        for one in all_rounds(session, run):
            wanted = one.status in ("due", "overdue") or (
                one.status == "to_come" and not one.estimated
            )
            if one.due is not None and one.point != "BASE" and wanted:
                yield due(one.due, "round", _round_words(one.point), one.point)
        end = planned_end(run.facts)
        if end is not None and run.facts.ended_at is None:
            yield due(end, "end", {"en": "Planned end", "pl": "Planowany koniec"})
    for timer in timers(run.facts):
        kind = {"TM1": "gate", "TM2": "gate", "TM3": "use_before", "TM6": "observation"}.get(
            timer.code
        )
        if kind is not None and timer.deadline is not None:
            yield due(timer.deadline, kind, timer.label)


def _round_words(point: str) -> dict[str, str]:
    if point.startswith("L"):
        return {"en": "Line check", "pl": "Kontrola linii"}
    return {"en": f"{point} round", "pl": f"Obchód {point}"}


def _calls(session: Session, reader: Reader, who: Identity, now: datetime) -> Iterator[Due]:
    given = infusion_dates(session, reader, who.participant)
    if not given:
        return
    last = max(given.values())
    if now.astimezone(session.zone).date() - last > _CALLS_FOR:
        return
    made: dict[int, date] = {}
    for visit in session.study.visits:
        if visit.kind != "call" or visit.target_day is None:
            continue
        for head in reader.heads(participant=who.participant, visit=visit.code):
            day = (head.value or {}).get("date") if head.path.count("/") == 1 else None
            if day and last < date.fromisoformat(str(day)):
                made[visit.target_day] = date.fromisoformat(str(day))
    midnight = datetime.combine(last + timedelta(days=1), time(), session.zone).astimezone(UTC)
    codes = {v.target_day: v.code for v in session.study.visits if v.kind == "call"}
    for timer in call_timers(midnight, made, now):
        days = int(timer.code.removeprefix("TM8:"))
        opens = midnight + timedelta(days=days - 1)
        # A call is worth a line from its own day on.
        if timer.deadline is not None and opens <= now:
            yield Due(
                at=min(timer.deadline, max(now, opens)),
                kind="call",
                label=timer.label,
                participant=who.participant,
                code=who.code,
                visit=codes.get(days, ""),
                chair=None,
                late=timer.deadline < now,
            )
